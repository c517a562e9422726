from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from appointments.choices import TRANSITIONS, Status
from appointments.management.commands import draw_transitions
from appointments.management.commands.draw_transitions import END, START, diagram


@pytest.fixture
def guide(tmp_path: Path, settings: Settings) -> Path:
    settings.BASE_DIR = tmp_path
    path = tmp_path / "docs" / "front-desk-guide.md"
    path.parent.mkdir()
    path.write_text(f"# Guide\n\n{START}Old.\n{END}\n\nMore.\n")
    return path


def test_the_diagram_is_inserted_and_the_rest_of_the_guide_unchanged(guide: Path) -> None:
    call_command("draw_transitions")
    assert guide.read_text() == f"# Guide\n\n{START}\n```mermaid\n{diagram()}\n```\n\n{END}\n\nMore.\n"


def test_every_transition_is_drawn_once() -> None:
    drawn = {line.strip() for line in diagram().splitlines()[2:]}
    assert {frozenset(line.split(" --> ")) for line in drawn} == {
        frozenset((before.label, after.label)) for before, ends in TRANSITIONS.items() for after in ends
    }
    assert "New --> Contacting" in drawn
    assert "Contacting --> New" not in drawn


def test_a_one_way_transition_is_drawn_in_its_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    one_way: dict[Status, frozenset[Status]] = dict.fromkeys(Status, frozenset()) | {
        Status.SPAM: frozenset({Status.NEW})
    }
    monkeypatch.setattr(draw_transitions, "TRANSITIONS", one_way)
    assert diagram().splitlines()[2:] == ["    Spam --> New"]


def test_a_stale_diagram_is_reported_and_not_changed(guide: Path) -> None:
    stale = guide.read_text()
    with pytest.raises(CommandError, match="run `make docs`"):
        call_command("draw_transitions", check=True)
    assert guide.read_text() == stale
    call_command("draw_transitions")
    call_command("draw_transitions", check=True)


def test_a_guide_without_markers_is_reported(guide: Path) -> None:
    guide.write_text("# Guide\n")
    with pytest.raises(CommandError, match="has no place for the diagram"):
        call_command("draw_transitions")
    assert guide.read_text() == "# Guide\n"
