"""A start after a typo in the clinic's facts uses the last good facts."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings

from articles.library import get_library
from clinic_site.clinic_yaml import get_clinic, load_clinic
from clinic_site.content import last_good
from clinic_site.content.files import ContentError
from clinic_site.crisis_words import load_crisis_words
from tests.clinic_site.broken_facts import break_facts, content, start_anew
from tests.content_builders import make_content

__all__ = ["content"]  # used as a fixture


def test_a_start_uses_the_last_good_facts_and_reports_the_problem(
    content: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = get_clinic()
    break_facts(content)
    start_anew()
    assert get_clinic().offices == before.offices
    assert get_clinic().problem is not None
    assert "content/clinic.yaml:" in caplog.text
    assert "The facts from before are in use." in caplog.text


def test_crisis_words_survive_a_typo(content: Path) -> None:
    before = load_crisis_words(content)
    break_facts(content, "crisis.yaml")
    assert load_crisis_words(content) == before
    assert before.phrases


@pytest.mark.parametrize("saved", [None, "nam: of an older version"])
def test_facts_that_were_never_valid_stop_the_start(tmp_path: Path, saved: str | None) -> None:
    content = make_content(tmp_path)
    for name in ("clinic.yaml", "crisis.yaml"):
        break_facts(content, name)
        if saved:
            copy = last_good.folder(content) / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(saved)
    with pytest.raises(ContentError):
        load_clinic(content)
    assert load_crisis_words(content).phrases == ()


def test_a_full_disk_prevents_only_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(last_good, "whole_file", refuse)
    assert load_clinic(make_content(tmp_path)).problem is None
    assert "could not be saved for the next start (No space left on device)" in caplog.text
    caplog.clear()
    with monkeypatch.context() as context:
        context.setattr(settings, "CONTENT_DIR", tmp_path / "content")
        assert get_library().problems == ()
    assert len([line for line in caplog.messages if "could not be saved" in line]) == len(["clinic.yaml", "all others"])


def test_a_file_changed_since_it_was_read_is_not_saved(tmp_path: Path) -> None:
    content = make_content(tmp_path)
    digest = hashlib.sha256((content / "clinic.yaml").read_bytes()).hexdigest()
    break_facts(content)
    last_good.save(content, {"clinic.yaml": digest})
    assert last_good.load(content, "clinic.yaml") is None


def test_a_copy_that_cannot_be_removed_is_logged(
    content: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: Path, missing_ok: bool) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "unlink", refuse)
    last_good.forget_all_but(content, ["clinic.yaml"])
    assert "topics.yaml is of no use any more and could not be removed (Read-only file system)." in caplog.text
