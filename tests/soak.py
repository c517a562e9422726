"""How long the tests with random input run: briefly in `make test`, for hours in `make soak`."""

import os
from collections.abc import Callable
from dataclasses import dataclass

SOAK = os.environ.get("SOAK") == "on"


@dataclass(frozen=True)
class Figures:
    """Figures that a test measured, printed at the end of `make soak`."""

    record: Callable[[str, object], None]  # passes a figure to the process that prints

    def add(self, name: str, value: object, unit: str = "") -> None:
        shown = f"{value:,}" if isinstance(value, int) else f"{value}"
        self.record(name, f"{shown} {unit}".rstrip())


def often(usual: int, soak: int) -> int:
    """Return the number of tries: `usual` finds a plain mistake, `soak` a rare one."""
    return soak if SOAK else usual
