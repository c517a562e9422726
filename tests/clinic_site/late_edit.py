"""Publishes a snapshot after an edit: `python -m tests.clinic_site.late_edit DIR CONTENT MANY`.

The files are looked at again for every page. From MANY pages on they are made in several processes.
"""

import sys
from pathlib import Path

import django

django.setup()

from django.utils import timezone  # noqa: E402 (needs Django set up)

from articles.addresses import take_snapshot  # noqa: E402
from clinic_site import publishing, watched  # noqa: E402
from clinic_site.site_files import open_site  # noqa: E402
from clinic_site.static_files import collect_static  # noqa: E402
from tests.content_builders import make_article  # noqa: E402

folder, content, publishing.MANY = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
collect_static()
watched.CHECK_EVERY = -1
snapshot = take_snapshot(None, timezone.now())
(content / "articles" / "walk.md").write_text(make_article(title="A late title"))
with open_site(folder) as files:
    publishing.Publisher(files, lambda done, total: None).publish(snapshot)
