"""Whatever stops a step is told in one sentence."""

from collections.abc import Callable

import pytest

from articles.editing.attempts import attempt
from articles.editing.store import CannotWrite, Stale
from articles.models import Revision
from clinic_site.content_files import ContentError


def stopped_by(error: Exception) -> Callable[[], None]:
    def step() -> None:
        raise error

    return step


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            Stale(Revision(by="mara", number=7)),
            "Nothing was changed: mara saved revision 7 meanwhile. Look at it, then try again.",
        ),
        (CannotWrite("The disk is full."), "The disk is full."),
        (ContentError("topics.yaml", 3, "Mend it."), "topics.yaml, line 3: Mend it."),
        (ContentError("", 3, "Mend it."), "Line 3: Mend it."),
    ],
)
def test_a_step_that_was_stopped_says_by_what(error: Exception, told: str) -> None:
    assert attempt(stopped_by(error)) == told


def test_a_step_that_was_taken_says_nothing() -> None:
    assert attempt(lambda: None) == ""


def test_a_fault_nobody_foresaw_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        attempt(stopped_by(ZeroDivisionError()))
