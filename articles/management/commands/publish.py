"""Writes the whole public site as files that a web server can send by itself: pages, their compressed forms, pictures,
static files.

Only what changed is made, and a page is replaced in one step. With --watch it stays and keeps the files fresh, also at
the moments when pages change by themselves: opening hours, dates of publication, checks that become due.
"""

import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from articles.publication.exporter import ExportOutcome, Publisher
from articles.publication.site_map import Snapshot, take_snapshot
from clinic_site.content.files import ContentError
from clinic_site.delivery.site_folder import MANIFEST, InUseError, open_site
from clinic_site.delivery.static_files import collect_static
from clinic_site.monitoring.heartbeats import beat

LOOK_EVERY = 1  # second
TRY_AGAIN_AFTER = 30  # seconds, where something could not be made or written


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []
    watching = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="for the files; what else stands below its “site” is left alone")
        parser.add_argument("--watch", action="store_true", help="stay, and write what changes")

    def handle(self, *args: Any, **options: Any) -> None:
        self.watching = options["watch"]
        self.manifest = Path(options["folder"]) / MANIFEST
        try:
            collect_static()
            with open_site(options["folder"]) as files:
                self.run(Publisher(files, self.progress), watch=options["watch"])
        except (OSError, ContentError, InUseError, BrokenProcessPool) as error:
            raise CommandError(f"The site cannot be published: {error}") from error
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")

    def run(self, publisher: Publisher, watch: bool) -> None:
        snapshot = take_snapshot(None, timezone.now())
        for problem in snapshot.library.problems:
            self.stderr.write(f"content/{problem}")
        outcome = self.publish(publisher, snapshot)
        if watch:
            self.watch(publisher, snapshot, whole=not outcome.faults)
        if outcome.faults:
            raise CommandError(
                "Pages that could not be made stay as they were. Mend what is named above, then run this again."
            )

    def watch(self, publisher: Publisher, shown: Snapshot, whole: bool) -> None:
        """Publish changes until Ctrl-C. `shown`: the published snapshot; if not `whole`, it is also tried again."""
        looks = 0
        while True:
            if whole:
                self.beat()
            time.sleep(LOOK_EVERY)
            looks += 1
            snapshot = take_snapshot(shown, timezone.now())
            if snapshot is not shown or (not whole and looks * LOOK_EVERY >= TRY_AGAIN_AFTER):
                whole, shown, looks = self.published(publisher, snapshot), snapshot, 0

    def published(self, publisher: Publisher, snapshot: Snapshot) -> bool:
        """Publish. Return False if pages are missing. Report a full disk, and leave the pages as they are."""
        try:
            return not self.publish(publisher, snapshot).faults
        except OSError as error:
            self.stderr.write(f"The site cannot be published: {error}. It is tried again in {TRY_AGAIN_AFTER} seconds.")
            return False

    def publish(self, publisher: Publisher, snapshot: Snapshot) -> ExportOutcome:
        started = time.monotonic()
        outcome = publisher.publish(snapshot)
        for fault in outcome.faults:
            self.stderr.write(fault)
        seconds = time.monotonic() - started
        self.stdout.write(
            f"Pages: {outcome.written:,} written, {outcome.unchanged:,} unchanged, {outcome.removed:,} removed"
            f" ({seconds:.1f} s)."
        )
        self.stdout.flush()
        return outcome

    def beat(self) -> None:
        """Record a heartbeat in the time of the manifest: the published pages are up to date."""
        if self.watching:
            beat("publisher", self.manifest)

    def progress(self, done: int, total: int) -> None:
        """Report the progress, on a terminal only."""
        self.beat()
        if self.stdout.isatty():
            self.stdout.write(f"\r{done:,} of {total:,} pages", ending="\n" if done == total else "")
            self.stdout.flush()
