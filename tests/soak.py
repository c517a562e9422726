"""How long the tests that need chance go on: briefly in `make test`, for hours in `make soak`."""

import os
from collections.abc import Callable
from dataclasses import dataclass

SOAK = os.environ.get("SOAK") == "on"


@dataclass(frozen=True)
class Figures:
    """What a test measured, which `make soak` prints at its end."""

    record: Callable[[str, object], None]  # hands a line to the process that prints

    def add(self, name: str, value: object, unit: str = "") -> None:
        shown = f"{value:,}" if isinstance(value, int) else f"{value}"
        self.record(name, f"{shown} {unit}".rstrip())


def often(usual: int, soak: int) -> int:
    """Return how often to try: `usual` finds a plain mistake, `soak` a rare one."""
    return soak if SOAK else usual
