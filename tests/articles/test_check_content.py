"""The command that checks content, as run by `make check` and editors."""

import json
import shutil
from pathlib import Path
from unittest.mock import patch

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from articles.management.commands import check_content
from articles.rules.checks.duplicate_text import runs_of
from articles.rules.runner import CACHE
from tests.content_builders import make_article, make_content
from tests.shipped import REAL_CONTENT

pytestmark = pytest.mark.slow
WHOLE = (Path(__file__).parent / "rules" / "whole.md").read_text()
LONG = "## A walk\n\n" + "word " * 31 + "end. So it is.\n"
ON_THE_DAY = time_machine.travel("2026-11-23 15:00", tick=False)


LINKED = """\
---
title: Other ways
summary: Other ways to treat pain.
updated: 2026-11-20
---

Some ways help some people.
"""


@pytest.fixture(autouse=True)
def _a_day_and_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{check_content.__name__}.VAR_FOLDER", tmp_path / "var")


@pytest.fixture
def root(settings: Settings, tmp_path: Path) -> Path:
    """The sources, terms, passages and rules of the site, with one article that passes all rules."""
    settings.CONTENT_DIR = make_content(tmp_path)
    shutil.rmtree(settings.CONTENT_DIR / "pages")
    (settings.CONTENT_DIR / "pages").mkdir()
    (settings.CONTENT_DIR / "pages" / "other-ways-to-treat-pain.md").write_text(LINKED)  # by a block
    for name in ("blocks", "rules"):
        shutil.copytree(REAL_CONTENT / name, settings.CONTENT_DIR / name, dirs_exist_ok=True)
    for name in ("glossary.yaml", "references.yaml", "topics.yaml", "watch.yaml"):
        shutil.copy(REAL_CONTENT / name, settings.CONTENT_DIR)
    (settings.CONTENT_DIR / "blocks" / "closing_note.md").unlink()
    (settings.CONTENT_DIR / "articles" / "whole.md").write_text(WHOLE)
    return Path(settings.CONTENT_DIR)


def spoil(root: Path, old: str, new: str) -> None:
    path = root / "articles" / "whole.md"
    path.write_text(path.read_text().replace(old, new))


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with ON_THE_DAY:
        call_command("check_content", *arguments)
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], message: str, *arguments: str) -> str:
    """Return what the command prints before it exits with 1."""
    with ON_THE_DAY, pytest.raises(CommandError, match=message):
        call_command("check_content", *arguments)
    return capsys.readouterr().out


def test_an_overdue_check_warns_and_stops_no_other_correction(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with time_machine.travel("2027-05-01 15:00", tick=False):
        call_command("check_content")
    assert "A03 warn: The check was due on 2027-04-30." in capsys.readouterr().out


def test_the_day_is_in_the_time_zone_of_the_clinic(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    event = "  - event: A new label\n    date: 2026-11-24\n    sources: [ketalar_label]\n    cleared: false\n"
    (root / "watch.yaml").write_text(f"events:\n{event}")
    with time_machine.travel("2026-11-24 02:00", tick=False):  # UTC
        call_command("check_content")
    assert capsys.readouterr().out.startswith("The content is in order")
    with time_machine.travel("2026-11-24 06:00", tick=False), pytest.raises(CommandError, match="1 to mend"):
        call_command("check_content")


def test_valid_content_passes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys) == "The content is in order: 1 articles, 1 pages.\n"


def test_a_block_is_printed_on_one_line_and_fails(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(root, "Take your time.", "It is a miracle.")
    assert refused(capsys, "1 to mend") == (
        "content/articles/whole.md:64: A08 block: “miracle” promises too much. "
        "Say what was seen, in whom, and for how long.\n"
    )


def test_warnings_and_their_answers_are_printed_and_pass(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(root, "Take your time.", "It is rare.")
    assert run(capsys).endswith("1 warnings to answer or mend: 1 articles, 1 pages.\n")
    spoil(root, "status: published", "accepted: {A09: It claims nothing.}\nstatus: published")
    output = run(capsys)
    assert "A09 accepted: “rare” stands without a limit. (It claims nothing.)" in output
    assert output.endswith("The content is in order: 1 articles, 1 pages, 1 warnings accepted.\n")


def test_hints_are_counted_and_printed_on_request(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(root, "Take your time.", "word " * 31 + "end.")
    summary = "The content is in order: 1 articles, 1 pages, 1 hints (--hints shows them).\n"
    assert run(capsys) == summary
    assert run(capsys, "--format", "github") == ""
    hint = "content/articles/whole.md:64: A17 hint: This sentence has 33 words."
    assert run(capsys, "--hints") == f"{hint} Split it, or say it in fewer words.\n{summary}"


def test_every_problem_of_the_loader_is_printed_on_its_own_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "articles" / "odd.md").write_text(make_article(colour="blue"))
    assert "content/articles/odd.md:1" in refused(capsys, "1 to mend")


def test_invalid_clinic_facts_are_printed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "clinic.yaml").write_text("name: x")
    assert refused(capsys, "1 to mend") == "content/clinic.yaml:1: “demo” is missing. Add a line “demo: …”.\n"
    run_on_links = refused(capsys, "1 to mend", "--links")
    assert run_on_links.startswith("content/clinic.yaml:1")


def test_an_invalid_word_list_is_reported_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = root / "rules" / "links.yaml"
    path.write_text(path.read_text().replace("sellers:", "shops:"))
    assert "content/rules/links.yaml:" in refused(capsys, "1 to mend")


def test_missing_word_lists_are_reported(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CONTENT_DIR = make_content(tmp_path / "bare", good=make_article())
    assert "content/rules/banned.yaml:1: This file cannot be read" in refused(capsys, "1 to mend")


@pytest.mark.parametrize("path", ["articles/odd.md", "content/articles/odd.md", "articles", "."])
def test_paths_limit_the_output(root: Path, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "articles" / "odd.md").write_text(make_article(colour="blue"))
    spoil(root, "Take your time.", "It is rare.")
    output = refused(capsys, "1 to mend", path)
    assert "articles/odd.md" in output
    assert ("articles/whole.md" in output) is (not path.endswith("odd.md"))
    assert "articles/odd.md" not in run(capsys, str(root / "articles" / "whole.md"))


def test_a_missing_path_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys, "There is no “articles/none.md” in content/", "articles/none.md") == ""
    assert refused(capsys, "There is no", str(root.parent)) == ""


def test_findings_are_available_as_json_and_annotations(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(root, "Take your time.", "It is rare.")
    (row,) = json.loads(run(capsys, "--format", "json"))
    assert (row["path"], row["rule"], row["level"]) == ("content/articles/whole.md", "A09", "warn")
    assert run(capsys, "--format", "github").startswith("::warning file=content/articles/whole.md,line=64,")


def test_without_findings_json_is_an_empty_list(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--format", "json") == "[]\n"
    assert run(capsys, "--format", "github") == ""


def test_external_links_are_checked_on_request(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with patch(f"{check_content.__name__}.open_page", return_value=404) as opened:
        assert "A27" not in run(capsys)
        opened.assert_not_called()
        output = run(capsys, "--links", "articles/whole.md")
    assert "A27 warn: https://doi.org/10.15620/cdc/169630 answers with 404." in output


def test_a_second_run_checks_only_changed_files(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "articles" / "second.md").write_text(WHOLE.replace("Ketamine", "The drug"))
    with patch("articles.rules.runner.runs_of", wraps=runs_of) as counted:
        first = run(capsys)
        assert counted.call_count == 2
        assert run(capsys) == first
        assert counted.call_count == 2
        spoil(root, "Take your time.", "Take all day for it.")
        run(capsys)
        assert counted.call_count == 3
        (tmp_path / "var" / CACHE).write_bytes(b"broken")
        run(capsys)
        assert counted.call_count == 5
