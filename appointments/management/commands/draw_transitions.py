"""Draw the states of a request into docs/front-desk-guide.md, so that the guide shows what the code does."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from appointments.choices import TRANSITIONS, Status

GUIDE = "docs/front-desk-guide.md"
START, END = "<!-- drawn by `make docs` -->\n", "<!-- end of the drawing -->"


class Command(BaseCommand):
    help = f"Draws the states of a request in {GUIDE}. With --check: only says whether the drawing is current."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 when it is stale")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        """Raise CommandError for a stale drawing, and for a guide without the place for it."""
        path = settings.BASE_DIR / GUIDE
        text = path.read_text()
        drawn = with_drawing(text)
        if check and drawn != text:
            raise CommandError(f"The diagram in {GUIDE} is not what the code does: run `make docs`.")
        path.write_text(drawn)


def with_drawing(text: str) -> str:
    """Return the guide's text with the current diagram between its two marks."""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise CommandError(f"{GUIDE} has no place for the diagram: put back the lines {START.strip()} and {END}.")
    return f"{before}{start}\n```mermaid\n{diagram()}\n```\n\n{end}{after}"


def diagram() -> str:
    """Return the diagram in Mermaid's language. Two opposite ways are one line, in the order of the statuses."""
    lines = ["stateDiagram-v2", f"    [*] --> {Status.NEW.label}"]
    return "\n".join([*lines, *(f"    {before.label} --> {after.label}" for before, after in _ways())])


def _ways() -> Iterator[tuple[Status, Status]]:
    order = list(Status)
    for before in order:
        for after in sorted(TRANSITIONS[before], key=order.index):
            if order.index(before) < order.index(after) or before not in TRANSITIONS[after]:
                yield before, after
