"""Guesses at one account, in turn and at once, from one and many addresses. See subprocess_guesses.py."""

from typing import Any

import pytest

from tests.clinic_site.accounts.subprocess_guesses import AT_ONCE, IN_TURN
from tests.inside import run_apart
from tests.serving import OwnDatabase
from tests.soak import Figures

MOST = 5  # guesses at one account in 15 minutes


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    with own_database(tmp_path_factory.mktemp("guesses") / "guesses.sqlite3") as database_url:
        return run_apart("tests.clinic_site.accounts.subprocess_guesses:main", database_url, within=1200)


@pytest.mark.soak
@pytest.mark.parametrize("addresses", ["one", "many"])
@pytest.mark.parametrize(("manner", "number"), [("in_turn", IN_TURN), ("at_once", AT_ONCE)])
def test_at_most_five_guesses_reach_the_hasher(
    outcome: Any, figures: Figures, manner: str, number: int, addresses: str
) -> None:
    result = outcome[f"{manner} from {addresses}"]
    figures.add(f"of {number} guesses {manner} from {addresses}, hashed", result["hashed"])
    assert 1 <= result["hashed"] <= MOST
    assert result["colleague"]
