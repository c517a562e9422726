"""A site whose folders are below a temporary one, and whose database can be emptied."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from clinic_site.backup import drill, erasure_journal, restore
from clinic_site.backup.tables import all_migrations, tables_at
from clinic_site.content import last_good
from tests.content_builders import make_article, make_content


@dataclass(frozen=True)
class SitePlace:
    """The folders of a site. `backups`: where its backups are."""

    folder: Path
    settings: Settings
    patch: pytest.MonkeyPatch

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    @property
    def content(self) -> Path:
        return Path(self.settings.CONTENT_DIR)

    @property
    def var(self) -> Path:
        return erasure_journal.FILE.parent

    def settle_in(self, name: str) -> None:
        """Use folders of another name. The content folder does not exist yet."""
        var = self.folder / name / "var"
        var.mkdir(parents=True)
        self.settings.CONTENT_DIR = self.folder / name / "content"
        self.patch.setattr(erasure_journal, "FILE", var / "erasures")
        self.patch.setattr(drill, "FOLDER", var / "drill")
        for module in (restore, last_good):
            self.patch.setattr(module, "VAR_FOLDER", var)


@pytest.fixture
def place(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> SitePlace:
    """A site with two articles."""
    site = SitePlace(tmp_path, settings, monkeypatch)
    site.settle_in("first")
    content = make_content(tmp_path / "made", walk=make_article(), rest=make_article(title="Rest"))
    content.rename(site.content)
    return site


@contextmanager
def vanishing_rows() -> Iterator[None]:
    """Take back all rows that the block wrote: triggers allow no other way."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def all_rows() -> dict[str, list[bytes]]:
    """Return the lines of each table, as a backup has them."""
    return {table.name: list(table.lines()) for table in tables_at(all_migrations())}


def all_files(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
