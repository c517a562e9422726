"""Make an owner, who is a reviewer as well: `python -m tests.browser.owner_data`.

For the browser tests; the database is that of the environment. Print the owner's session and the keys of what there is.
"""

import json
import sys

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402 (the models need Django set up)
from django.test.utils import setup_test_environment  # noqa: E402

from articles.models import ReviewerProfile  # noqa: E402
from clinic_site.database.group_permissions import FRONT_DESK  # noqa: E402
from tests.clinic_site.accounts.builders import confirmed_owner  # noqa: E402


def main() -> None:
    setup_test_environment()
    client = confirmed_owner()
    owner = User.objects.get(username="owner")
    profile = ReviewerProfile.objects.create(user=owner, credentials="MD", license_state="FL")
    found = {
        "session": client.cookies["sessionid"].value,
        "user": owner.pk,
        "group": Group.objects.get(name=FRONT_DESK).pk,
        "profile": profile.pk,
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
