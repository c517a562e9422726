"""The clock of these tests, and the desk."""

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from tests.appointments.builders import NOW
from tests.conftest import Cast


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stands still at NOW."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def desk(sign_in: Cast) -> Client:
    """The front desk's browser, signed in."""
    return sign_in("front desk")
