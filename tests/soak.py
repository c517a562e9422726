"""How long the tests that need chance go on: briefly in `make test`, for hours in `make soak`."""

import os
from dataclasses import dataclass, field

SOAK = os.environ.get("SOAK") == "on"


@dataclass
class Figures:
    """What a long run measured, printed at its end."""

    lines: list[str] = field(default_factory=list)

    def add(self, name: str, value: object, unit: str = "") -> None:
        shown = f"{value:,}" if isinstance(value, int) else f"{value}"
        self.lines.append(f"{name}: {shown} {unit}".rstrip())


def often(usual: int, soak: int) -> int:
    """Return how often to try: `usual` finds a plain mistake, `soak` a rare one."""
    return soak if SOAK else usual
