"""The clock of these tests."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.appointments.builders import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stands still at NOW."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
