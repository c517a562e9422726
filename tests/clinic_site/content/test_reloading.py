"""A watched value is made again when its files change, without delaying readers."""

import threading
from dataclasses import dataclass, field

import pytest

from clinic_site.content.reloading import Reloading


@dataclass
class Files:
    """A folder and a clock that the test controls."""

    version: int = 1
    now: float = 0.0
    made: list[int | None] = field(default_factory=list)

    def make(self, previous: int | None) -> int:
        self.made.append(previous)
        return self.version

    def watch(self) -> Reloading[int]:
        return Reloading(lambda: self.version, self.make, clock=lambda: self.now)


def test_the_value_is_made_once_while_nothing_changes() -> None:
    files = Files()
    watched = files.watch()
    values = []
    for now in (0, 0.5, 2, 4):
        files.now = now
        values.append(watched.get())
    assert values == [1, 1, 1, 1]
    assert files.made == [None]


def test_a_change_is_visible_within_two_seconds() -> None:
    files = Files()
    watched = files.watch()
    watched.get()
    files.version, files.now = 2, 0.5
    assert watched.get() == 1
    files.now = 1.5
    assert watched.get() == 2
    assert files.made == [None, 1]


def test_a_pinned_value_is_returned_whatever_changes() -> None:
    files = Files()
    watched = files.watch()
    watched.get()
    files.version, files.now = 2, 2.0
    with watched.pinned(7):
        assert watched.get() == 7
        assert watched.look() == 2  # a caller that changed the files sees the change
        assert watched.get() == 7
    assert watched.get() == 2


def test_a_pinned_value_is_dropped_after_a_failure() -> None:
    watched = Files().watch()
    with pytest.raises(OSError, match="full"), watched.pinned(7):
        raise OSError("full")
    assert watched.get() == 1


def test_while_one_caller_renews_the_others_get_the_old_value() -> None:
    files = Files()
    slow, go_on = threading.Event(), threading.Event()

    def make(previous: int | None) -> int:
        if previous is not None:
            slow.set()
            assert go_on.wait(5)
        return files.version

    watched = Reloading(lambda: files.version, make, clock=lambda: files.now)
    watched.get()
    files.version, files.now = 2, 2.0
    renewing = threading.Thread(target=watched.get)
    renewing.start()
    assert slow.wait(5)
    assert watched.get() == 1
    go_on.set()
    renewing.join()
    assert watched.get() == 2


def test_the_old_value_stays_if_the_new_one_cannot_be_made(caplog: pytest.LogCaptureFixture) -> None:
    files = Files()

    def make(previous: int | None) -> int:
        if previous is not None:
            raise ValueError("odd")
        return files.version

    watched = Reloading(lambda: files.version, make, clock=lambda: files.now)
    watched.get()
    for version in (2, 3):
        files.version, files.now = version, files.now + 2
        assert watched.get() == 1
    assert caplog.text.count("the changed files could not be read") == 2
