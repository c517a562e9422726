"""The journal of erasures knows a request by its reference and the secret key, and tells others nothing."""

import pytest
from pytest_django import Settings

from clinic_site.backup import erasure_journal
from clinic_site.backup.erasure_journal import append, read
from tests.clinic_site.backup.places import SitePlace, place

__all__ = ["place"]  # used as a fixture
pytestmark = pytest.mark.usefixtures("place")


def test_it_names_who_was_erased_and_nobody_else() -> None:
    append("K7M-3QX")
    append("K7M-3QX")
    assert read().names("K7M-3QX")
    assert not read().names("K7M-3QW")
    assert len(read().digests) == 1


def test_an_empty_journal_names_nobody() -> None:
    assert not read().names("K7M-3QX")
    assert read().unknown == 0


def test_it_holds_no_reference_and_only_its_owner_reads_it() -> None:
    append("K7M-3QX")
    assert "K7M" not in erasure_journal.FILE.read_text()
    assert erasure_journal.FILE.stat().st_mode & 0o077 == 0


def test_another_secret_key_names_nobody_and_is_counted(settings: Settings) -> None:
    append("K7M-3QX")
    settings.SECRET_KEY = "another"
    append("K7M-3QW")
    assert not read().names("K7M-3QX")
    assert read().unknown == 1


def test_the_lines_of_a_backup_are_added(place: SitePlace) -> None:
    append("K7M-3QX")
    other = erasure_journal.FILE.rename(place.folder / "erasures")
    append("K7M-3QW")
    erasure_journal.add_from(other)
    erasure_journal.add_from(place.folder / "missing")
    assert (read().names("K7M-3QX"), read().names("K7M-3QW")) == (True, True)


def test_an_unfinished_line_hides_no_other() -> None:
    append("K7M-3QX")
    with erasure_journal.FILE.open("ab") as file:
        file.write(b"12ab")
    assert read().names("K7M-3QX")
