"""Fixtures: a frozen clock, and a client of the front desk."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from tests.appointments.builders import NOW
from tests.conftest import Cast


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock frozen at NOW."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(sign_in: Cast) -> Client:
    """A signed-in client of the front desk."""
    return sign_in("front desk")
