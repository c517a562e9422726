"""The content check, as `make check` and editors run it."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from tests.content_builders import make_article, make_content


def test_content_in_order_passes(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_content")
    assert capsys.readouterr().out == "The content is in order: 1 articles, 5 pages.\n"


def test_each_problem_has_a_line_of_its_own(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, odd=make_article(colour="blue"))
    with pytest.raises(CommandError, match="1 to mend"):
        call_command("check_content")
    assert capsys.readouterr().out.startswith("content/articles/odd.md:")


def test_wrong_clinic_facts_are_one_more_line(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CONTENT_DIR = make_content(tmp_path)
    (settings.CONTENT_DIR / "clinic.yaml").write_text("name: x")
    with pytest.raises(CommandError, match="1 to mend"):
        call_command("check_content")
    assert "content/clinic.yaml:1: “demo” is missing" in capsys.readouterr().out
