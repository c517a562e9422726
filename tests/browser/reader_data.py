"""What readers left behind, and an editor to see it: `python -m tests.browser.reader_data`.

For the browser tests; the database is that of the environment. Print the session of the editor.
"""

import json
import sys

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402 (the models need Django set up)
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.library import get_library  # noqa: E402
from articles.models import MissedSearch, ReaderFeedback  # noqa: E402
from clinic_site.database.group_permissions import STAFF_EDITORS  # noqa: E402
from tests.sessions import start_session  # noqa: E402

TODAY = timezone.now().date()
LONGEST = "What does this mean for somebody who takes other medicines as well? " * 4 + "It is not clear to me."


def main() -> None:
    slugs = list(get_library().articles)
    MissedSearch.objects.add(TODAY, {"a": 12, "b": 5, "c": 2})
    MissedSearch.objects.show({"a": "acupuncture", "b": "parking"}, 3)
    for place, slug in enumerate(slugs):
        votes = [ReaderFeedback(article=slug, helpful=number > place, day=TODAY) for number in range(6)]
        words = [ReaderFeedback(article=slug, section="Key points", text=text, day=TODAY) for text in ("Why?", LONGEST)]
        ReaderFeedback.objects.bulk_create([*votes, *words])
    json.dump(_session(), sys.stdout)


def _session() -> str:
    editor = User.objects.create_user("erin", is_staff=True)
    editor.groups.add(Group.objects.get(name=STAFF_EDITORS))
    client = Client()
    start_session(client, editor)
    return client.cookies["sessionid"].value


if __name__ == "__main__":
    main()
