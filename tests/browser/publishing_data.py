"""Make a reviewer of a made-up name, and a second editor: `python -m tests.browser.publishing_data PASSWORD`.

For the browser tests and the pictures in the guide; the database is that of the environment.
"""

import sys

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402 (the models need Django set up)

from articles.models import ReviewerProfile  # noqa: E402
from clinic_site.database.group_permissions import CLINICAL_REVIEWERS, STAFF_EDITORS  # noqa: E402

REVIEWER, COLLEAGUE = "reviewer", "colleague"
NAME = "R. Name"


def main(password: str) -> None:
    """Make both users with this password."""
    first, last = NAME.split(" ")
    reviewer = User.objects.create_user(REVIEWER, password=password, is_staff=True, first_name=first, last_name=last)
    reviewer.groups.add(Group.objects.get(name=CLINICAL_REVIEWERS))
    ReviewerProfile.objects.create(user=reviewer, credentials="MD", license_state="FL")
    colleague = User.objects.create_user(COLLEAGUE, password=password, is_staff=True)
    colleague.groups.add(Group.objects.get(name=STAFF_EDITORS))


if __name__ == "__main__":
    main(sys.argv[1])
