"""Two machines with one database: their folders end up equal, and no saved text is lost."""

import datetime as dt
import random
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from articles.editing.revisions import sync_state
from articles.editing.revisions.store import Stale
from articles.models import ON_DISK, Revision
from tests.articles.editing.builders import NOON
from tests.articles.editing.revisions.machine import PATH, Machine, make_machines
from tests.content_builders import make_article, make_content
from tests.inside import run_inside
from tests.serving import OwnDatabase, Serving, wait_until

pytestmark = pytest.mark.slow

STEPS = 60
ROUNDS = 12
SAVERS = 4


@pytest.fixture
def machines(
    db: None, tmp_path: Path, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> list[Machine]:
    """Two machines after their first sync."""
    machines = make_machines(tmp_path, django_capture_on_commit_callbacks)
    for machine in machines:
        machine.sync()
    return machines


def texts() -> list[str]:
    return [revision.text for revision in Revision.objects.of(PATH)]


def test_identically_installed_machines_agree_from_the_start(machines: list[Machine]) -> None:
    assert set(Revision.objects.values_list("number", flat=True)) == {1}


def test_an_edit_reaches_the_other_machine(machines: list[Machine]) -> None:
    a, b = machines
    a.save_live("From A", base=1)
    b.sync()
    assert b.file.read_bytes() == a.file.read_bytes()
    assert len(texts()) == 2


def test_one_of_two_saves_from_one_revision_wins_everywhere(machines: list[Machine]) -> None:
    a, b = machines
    a.save_live("From A", base=1)
    with pytest.raises(Stale):
        b.save_live("From B", base=1)
    b.save_live("From B, after A", base=2)
    a.sync()
    assert "From B, after A" in a.file.read_text()
    assert len(texts()) == 3


def test_an_edit_on_disk_is_stored_beside_a_save_elsewhere(machines: list[Machine]) -> None:
    a, b = machines
    b.file.write_text(make_article(title="On the disk of B"))
    a.save_live("From A", base=1)
    b.sync()
    a.sync()
    newest, saved, _ = Revision.objects.of(PATH)
    assert (newest.by, newest.why) == (ON_DISK, "Overtakes revision 2, which this file did not hold yet.")
    assert "From A" in saved.text
    assert a.file.read_text() == b.file.read_text() == newest.text


def test_the_same_edit_on_both_disks_is_one_revision(machines: list[Machine]) -> None:
    """For example, both machines pull the same commit."""
    for machine in machines:
        machine.file.write_text("pulled\n")
    for machine in machines:
        machine.sync()
    assert [text == "pulled\n" for text in texts()] == [True, False]


def test_a_move_reaches_the_other_machine(machines: list[Machine]) -> None:
    a, b = machines
    a.move("articles/strolling.md", make_article(aliases=["walking"]), base=1)
    b.sync()
    assert sorted(path.name for path in b.file.parent.glob("*.md")) == ["strolling.md"]


def test_an_edit_on_one_serving_machine_is_served_by_the_other(
    tmp_path: Path, own_database: OwnDatabase, serving: Serving
) -> None:
    roots = [make_content(tmp_path / name, walking=make_article()) for name in "ab"]
    with own_database(tmp_path / "both.sqlite3") as url, ExitStack() as stack:
        sites = []
        for root in roots:
            site = serving(root.parent, web_only=True, DATABASE_URL=url, CONTENT_DIR=str(root))
            sites.append(stack.enter_context(site))
            sites[-1].fetch("/readyz")
            wait_until((root / sync_state.FILE).exists)  # after the first sync, later changes are edits
        (roots[0] / PATH).write_text(make_article(title="From the disk of A"))
        wait_until(lambda: "From the disk of A" in sites[1].fetch("/articles/walking/")[1])
    assert (roots[1] / PATH).read_text() == make_article(title="From the disk of A")


class Story:
    """A random sequence of steps, which records every text that must not be lost."""

    def __init__(self, machines: list[Machine]) -> None:
        self.machines = machines
        self.now = NOON
        self.saved: set[str] = {machines[0].file.read_text()}
        self.count = 0

    def step(self) -> None:
        self.now += dt.timedelta(seconds=random.choice((0, 1, 5)))  # noqa: S311 (chance, not a secret)
        machine = random.choice(self.machines)  # noqa: S311
        steps = [self.save, self.save_draft, self.edit, self.remove, self.delete_file, self.sync, self.sync]
        random.choice(steps)(machine)  # noqa: S311

    def new_title(self) -> str:
        self.count += 1
        return f"Title {self.count}"

    def base(self, machine: Machine) -> int:
        """Return the number of the newest revision, or of an earlier one."""
        newest = machine.newest()
        assert newest is not None
        return max(0, newest.number - random.choice((0, 0, 1)))  # noqa: S311

    def save(self, machine: Machine) -> None:
        try:
            self.saved.add(machine.save_live(self.new_title(), self.base(machine), now=self.now).text)
        except Stale as stale:
            self.saved.add(stale.newest.text)

    def save_draft(self, machine: Machine) -> None:
        try:
            self.saved.add(machine.save_draft(self.new_title(), self.base(machine), now=self.now).text)
        except Stale as stale:
            self.saved.add(stale.newest.text)

    def remove(self, machine: Machine) -> None:
        try:
            machine.remove(self.base(machine), now=self.now)
        except Stale as stale:
            self.saved.add(stale.newest.text)

    def edit(self, machine: Machine) -> None:
        """Edit the file by hand. The former text was stored, or was itself an edit by hand."""
        machine.sync(self.now)
        text = random.choice([make_article(title=self.new_title()), random.choice(sorted(self.saved)) or "an end\n"])  # noqa: S311
        machine.file.write_text(text)
        self.saved.add(text)

    def delete_file(self, machine: Machine) -> None:
        machine.sync(self.now)
        machine.file.unlink(missing_ok=True)

    def sync(self, machine: Machine) -> None:
        machine.sync(self.now)

    def end(self) -> None:
        for _ in range(3):
            self.now += dt.timedelta(seconds=5)
            for machine in self.machines:
                machine.sync(self.now)


@pytest.mark.parametrize("run", range(8))
def test_after_random_steps_machines_agree_and_every_text_is_stored(machines: list[Machine], run: int) -> None:
    story = Story(machines)
    for _ in range(STEPS):
        story.step()
    story.end()
    newest = Revision.objects.of(PATH).live()[0]
    contents = [machine.file.read_text() if machine.file.exists() else None for machine in machines]
    assert contents == [None if newest.removed else newest.text] * 2
    assert story.saved - set(texts()) == set()
    numbers = [revision.number for revision in Revision.objects.of(PATH)]
    assert numbers == list(range(len(numbers), 0, -1))


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    """The outcomes of concurrent saves from one revision on two machines, ROUNDS times."""
    var = tmp_path_factory.mktemp("race")
    with own_database(var / "race.sqlite3") as database_url:
        return run_inside(
            var, database_url, "tests.articles.editing.revisions.subprocess_race", str(ROUNDS), str(SAVERS)
        )


def test_one_of_several_concurrent_saves_wins(race: Any) -> None:
    assert [sorted(outcome["answers"]) for outcome in race] == [["saved"] + ["stale"] * (SAVERS - 1)] * ROUNDS


def test_both_machines_end_with_the_winning_save(race: Any) -> None:
    assert [outcome["agree"] for outcome in race] == [True] * ROUNDS
