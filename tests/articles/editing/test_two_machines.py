"""Two machines, a content folder each, one database: they agree in the end, and nothing that was saved is lost."""

import datetime as dt
import random
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from articles.editing import seen
from articles.editing.store import Stale
from articles.models import ON_DISK, Revision
from tests.articles.editing.builders import NOON
from tests.articles.editing.machines import PATH, Machine, make_machines
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
    """Both have looked."""
    machines = make_machines(tmp_path, django_capture_on_commit_callbacks)
    for machine in machines:
        machine.look()
    return machines


def texts() -> list[str]:
    return [each.text for each in Revision.objects.of(PATH)]


def test_machines_that_were_installed_alike_agree_from_the_start(machines: list[Machine]) -> None:
    assert set(Revision.objects.values_list("number", flat=True)) == {1}


def test_an_edit_on_one_reaches_the_other(machines: list[Machine]) -> None:
    a, b = machines
    a.put_up("From A", base=1)
    b.look()
    assert b.file.read_bytes() == a.file.read_bytes()
    assert len(texts()) == 2


def test_of_two_saves_from_the_same_revision_one_wins_everywhere(machines: list[Machine]) -> None:
    a, b = machines
    a.put_up("From A", base=1)
    with pytest.raises(Stale):
        b.put_up("From B", base=1)
    b.put_up("From B, after A", base=2)
    a.look()
    assert "From B, after A" in a.file.read_text()
    assert len(texts()) == 3


def test_an_edit_on_disk_during_a_save_elsewhere_is_kept_with_it(machines: list[Machine]) -> None:
    a, b = machines
    b.file.write_text(make_article(title="On the disk of B"))
    a.put_up("From A", base=1)
    b.look()
    a.look()
    newest, saved, _ = Revision.objects.of(PATH)
    assert (newest.by, newest.why) == (ON_DISK, "Overtakes revision 2, which this file did not hold yet.")
    assert "From A" in saved.text
    assert a.file.read_text() == b.file.read_text() == newest.text


def test_the_same_edit_on_both_disks_is_one_revision(machines: list[Machine]) -> None:
    """As when both pull the same commit."""
    for machine in machines:
        machine.file.write_text("pulled\n")
    for machine in machines:
        machine.look()
    assert [text == "pulled\n" for text in texts()] == [True, False]


def test_a_move_reaches_the_other(machines: list[Machine]) -> None:
    a, b = machines
    a.move("articles/strolling.md", make_article(aliases=["walking"]), base=1)
    b.look()
    assert sorted(path.name for path in b.file.parent.glob("*.md")) == ["strolling.md"]


def test_what_is_edited_on_one_serving_machine_is_read_on_the_other(
    tmp_path: Path, own_database: OwnDatabase, serving: Serving
) -> None:
    roots = [make_content(tmp_path / name, walking=make_article()) for name in "ab"]
    with own_database(tmp_path / "both.sqlite3") as url, ExitStack() as stack:
        sites = []
        for root in roots:
            sites.append(stack.enter_context(serving(root.parent, DATABASE_URL=url, CONTENT_DIR=str(root))))
            sites[-1].fetch("/readyz")
            wait_until((root / seen.FILE).exists)  # it has looked: what is edited from now on is an edit
        (roots[0] / PATH).write_text(make_article(title="From the disk of A"))
        wait_until(lambda: "From the disk of A" in sites[1].fetch("/articles/walking/")[1])
    assert (roots[1] / PATH).read_text() == make_article(title="From the disk of A")


class Story:
    """Chance decides who does what next; remembers every text that must not be lost."""

    def __init__(self, machines: list[Machine]) -> None:
        self.machines = machines
        self.now = NOON
        self.saved: set[str] = {machines[0].file.read_text()}
        self.count = 0

    def step(self) -> None:
        self.now += dt.timedelta(seconds=random.choice((0, 1, 5)))  # noqa: S311 (chance, not a secret)
        machine = random.choice(self.machines)  # noqa: S311
        random.choice([self.save, self.keep, self.edit, self.remove, self.take_away, self.look, self.look])(machine)  # noqa: S311

    def new_title(self) -> str:
        self.count += 1
        return f"Title {self.count}"

    def base(self, machine: Machine) -> int:
        """What the editor saw: the newest, or one before it."""
        newest = machine.newest()
        assert newest is not None
        return max(0, newest.number - random.choice((0, 0, 1)))  # noqa: S311

    def save(self, machine: Machine) -> None:
        try:
            self.saved.add(machine.put_up(self.new_title(), self.base(machine), now=self.now).text)
        except Stale as told:
            self.saved.add(told.newest.text)

    def keep(self, machine: Machine) -> None:
        try:
            self.saved.add(machine.keep(self.new_title(), self.base(machine), now=self.now).text)
        except Stale as told:
            self.saved.add(told.newest.text)

    def remove(self, machine: Machine) -> None:
        try:
            machine.remove(self.base(machine), now=self.now)
        except Stale as told:
            self.saved.add(told.newest.text)

    def edit(self, machine: Machine) -> None:
        """By hand. What stood there before was noticed, or is somebody's who edits by hand as well."""
        machine.look(self.now)
        text = random.choice([make_article(title=self.new_title()), random.choice(sorted(self.saved)) or "an end\n"])  # noqa: S311
        machine.file.write_text(text)
        self.saved.add(text)

    def take_away(self, machine: Machine) -> None:
        machine.look(self.now)
        machine.file.unlink(missing_ok=True)

    def look(self, machine: Machine) -> None:
        machine.look(self.now)

    def end(self) -> None:
        for _ in range(3):
            self.now += dt.timedelta(seconds=5)
            for machine in self.machines:
                machine.look(self.now)


@pytest.mark.parametrize("run", range(8))
def test_whatever_happens_they_agree_and_every_text_is_kept(machines: list[Machine], run: int) -> None:
    story = Story(machines)
    for _ in range(STEPS):
        story.step()
    story.end()
    newest = Revision.objects.of(PATH).live()[0]
    held = [machine.file.read_text() if machine.file.exists() else None for machine in machines]
    assert held == [None if newest.removed else newest.text] * 2
    assert story.saved - set(texts()) == set()
    numbers = [each.number for each in Revision.objects.of(PATH)]
    assert numbers == list(range(len(numbers), 0, -1))


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    """What processes on two machines tell after saving the same revision at the same moment, ROUNDS times."""
    var = tmp_path_factory.mktemp("race")
    with own_database(var / "race.sqlite3") as database_url:
        return run_inside(var, database_url, "tests.articles.editing.racers", str(ROUNDS), str(SAVERS))


def test_of_processes_that_save_at_the_same_moment_one_wins(race: Any) -> None:
    assert [sorted(each["answers"]) for each in race] == [["saved"] + ["stale"] * (SAVERS - 1)] * ROUNDS


def test_and_both_machines_then_hold_what_won(race: Any) -> None:
    assert [each["agree"] for each in race] == [True] * ROUNDS
