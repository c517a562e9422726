"""Words that two articles share: A30. A run of words is found by its hash, so the work grows with the text alone."""

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from articles.rules.manuscript import ARTICLE, Manuscript, SharedRun
from articles.rules.passages import Passage
from articles.rules.rule import Hit, rule

RUN = 12
WORD = re.compile(r"[a-z0-9']+")
Runs: TypeAlias = "array[int]"  # the hash of every run of words of an article, in order


@rule("A30", on=(ARTICLE,), beyond=True)
def no_twin_passages(text: Manuscript) -> Iterator[Hit]:
    """No run of twelve or more words stands in another article too, outside shared passages and headings."""
    runs = text.site.shared_runs.get(text.path, ())
    words = _words(text.body) if runs else []
    for run in runs:
        said = " ".join(word for word, _ in words[run.start : run.end])
        message = f"These words stand in {run.other} too: “{said}”."
        yield Hit(words[run.start][1], message, "Say it in other words, or make it a shared passage.")


def runs_of(passages: tuple[Passage, ...]) -> Runs:
    words = [word for word, _ in _words(passages)]
    return array("Q", (_hash(words[start : start + RUN]) for start in range(len(words) - RUN + 1)))


@dataclass(frozen=True)
class RunIndex:
    """Where each run of words stands: in the first article that has it, and in one other."""

    first: Mapping[int, str]
    second: Mapping[int, str]

    def shared_by(self, path: str, runs: Runs) -> tuple[SharedRun, ...]:
        """What the article at `path`, which has `runs`, shares with another."""
        return tuple(_joined(self._other(path, run) for run in runs))

    def _other(self, path: str, run: int) -> str:
        """An article that has the run, other than the one at `path`; "" when there is none."""
        first = self.first.get(run, "")
        return first if first != path else self.second.get(run, "")


def index_runs(articles: Mapping[str, Runs]) -> RunIndex:
    """`articles` holds the runs of each by path."""
    first: dict[int, str] = {}
    second: dict[int, str] = {}
    for path, runs in articles.items():
        for run in runs:
            if first.setdefault(run, path) != path:
                second.setdefault(run, path)
    return RunIndex(first, second)


def shared_runs(articles: Mapping[str, Runs]) -> dict[str, tuple[SharedRun, ...]]:
    """Path -> what the article at that path shares with another; `articles` holds the runs of each by path."""
    index = index_runs(articles)
    found = {path: index.shared_by(path, runs) for path, runs in articles.items()}
    return {path: shared for path, shared in found.items() if shared}


def _joined(others: Iterable[str]) -> Iterator[SharedRun]:
    """Runs that overlap become one; `others` names, for each word, the article that shares the run starting there."""
    start, last = 0, ""
    for place, other in enumerate((*others, "")):
        if other != last and last:
            yield SharedRun(start, place - 1 + RUN, last)
        if other != last:
            start, last = place, other


def _words(passages: tuple[Passage, ...]) -> list[tuple[str, int]]:
    """Every word of the article's own text with the line its passage starts on."""
    own = (passage for passage in passages if not passage.block and passage.kind != "heading")
    return [(word, passage.line) for passage in own for word in WORD.findall(passage.text.lower())]


def _hash(words: list[str]) -> int:
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), "big")
