"""The one place where what the desk knows of an article meets those who write it."""

import pytest

from clinic_site import outcomes
from tests.conftest import MONDAY_MORNING


@pytest.fixture(autouse=True)
def _nobody_provides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "_source", outcomes._nothing)


def test_without_a_desk_nothing_is_known() -> None:
    assert outcomes.declined_by_article(MONDAY_MORNING) == {}


def test_whoever_provides_it_is_asked_with_the_moment() -> None:
    outcomes.provide(lambda now: {"walking": {f"asked at {now.hour}": 1}})
    assert outcomes.declined_by_article(MONDAY_MORNING) == {"walking": {"asked at 10": 1}}
