"""Errors of a step become one sentence."""

from collections.abc import Callable

import pytest

from articles.editing.revisions.errors import error_message
from articles.editing.revisions.store import CannotWrite, Stale
from articles.models import Revision
from clinic_site.content.files import ContentError


def stopped_by(error: Exception) -> Callable[[], None]:
    def step() -> None:
        raise error

    return step


@pytest.mark.parametrize(
    ("error", "message"),
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
def test_a_refused_step_returns_its_reason(error: Exception, message: str) -> None:
    assert error_message(stopped_by(error)) == message


def test_a_successful_step_returns_no_reason() -> None:
    assert error_message(lambda: None) == ""


def test_an_unexpected_error_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        error_message(stopped_by(ZeroDivisionError()))
