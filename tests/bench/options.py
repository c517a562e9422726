"""What `make bench` may be told."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """`folder`: a temporary one, for everything that is written."""

    folder: Path
    articles: int = 10_000  # in the large library
    published: int = 2_000  # of them, where Pelican makes the same pages: it takes its time
    rounds: int = 3
    stored: int = 200_000  # requests at the desk


@dataclass(frozen=True)
class Wish:
    """What the command line asks for."""

    options: Options
    parts: tuple[str, ...]
    page: Path | None  # to write the figures into


def read_options(arguments: Sequence[str], folder: Path, all_parts: Sequence[str]) -> Wish:
    """Exits with a sentence where the arguments make no sense."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measures the site against its yardsticks.")
    parser.add_argument("--only", default=",".join(all_parts), help=f"parts to measure, of {','.join(all_parts)}")
    parser.add_argument("--articles", type=_count, default=Options.articles, help="articles in the large library")
    parser.add_argument("--published", type=_count, default=Options.published, help="articles to publish as files")
    parser.add_argument("--rounds", type=_count, default=Options.rounds, help="rounds that each median is taken of")
    parser.add_argument("--stored", type=_count, default=Options.stored, help="requests at the desk")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write the figures into this page of docs/")
    given = parser.parse_args(arguments)
    parts = tuple(part.strip() for part in given.only.split(","))
    if unknown := [part for part in parts if part not in all_parts]:
        parser.error(f"“{unknown[0]}” is not a part: name some of {', '.join(all_parts)}.")
    options = Options(folder, given.articles, min(given.published, given.articles), given.rounds, given.stored)
    return Wish(options, parts, given.write)


def _count(text: str) -> int:
    """A number from 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1.")
    return int(text)
