"""Publish a snapshot after an edit: `python -m tests.clinic_site.content.late_edit DIR CONTENT MANY`.

The content files are checked again for every page. From MANY pages on, pages are made in several processes.
"""

import sys
from pathlib import Path

import django

django.setup()

from django.utils import timezone  # noqa: E402 (needs Django set up)

from articles.publication import exporter  # noqa: E402
from articles.publication.site_map import take_snapshot  # noqa: E402
from clinic_site.content import reloading  # noqa: E402
from clinic_site.delivery.site_folder import open_site  # noqa: E402
from clinic_site.delivery.static_files import collect_static  # noqa: E402
from tests.content_builders import make_article  # noqa: E402

folder, content, exporter.MANY = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
collect_static()
reloading.CHECK_EVERY = -1
snapshot = take_snapshot(None, timezone.now())
(content / "articles" / "walk.md").write_text(make_article(title="A late title"))
with open_site(folder) as files:
    exporter.Publisher(files, lambda done, total: None).publish(snapshot)
