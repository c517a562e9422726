"""Options of `make bench`."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """`folder`: a temporary folder for all files."""

    folder: Path
    articles: int = 10_000  # articles in the large library
    published: int = 2_000  # articles published by us and by Pelican, which is slow
    rounds: int = 3
    stored: int = 200_000  # stored requests at the desk


@dataclass(frozen=True)
class Wish:
    """The parsed command line."""

    options: Options
    parts: tuple[str, ...]
    page: Path | None  # page to write the figures into


def read_options(arguments: Sequence[str], folder: Path, all_parts: Sequence[str]) -> Wish:
    """Parse the arguments. Exits with a message if they are invalid."""
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
    """Parse a number of at least 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1.")
    return int(text)
