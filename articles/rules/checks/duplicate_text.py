"""Words that two articles share: A30. A hash finds a run of words, so the work grows with the text alone."""

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from articles.rules.rule import Hit, rule
from articles.rules.text.page_text import ARTICLE, PageText, SharedRun
from articles.rules.text.passages import Passage

RUN = 12
WORD = re.compile(r"[a-z0-9']+")
Runs: TypeAlias = "array[int]"  # the hash of every run of words of an article, in order


@rule("A30", on=(ARTICLE,), beyond=True)
def no_twin_passages(text: PageText) -> Iterator[Hit]:
    """No run of twelve or more words stands in another article too, outside shared passages and headings."""
    runs = text.site.shared_runs.get(text.path, ())
    words = _words(text.body) if runs else []
    for run in runs:
        run_words = " ".join(word for word, _ in words[run.start : run.end])
        message = f"These words stand in {run.other} too: “{run_words}”."
        yield Hit(words[run.start][1], message, "Say it in other words, or make it a shared passage.")


def runs_of(passages: tuple[Passage, ...]) -> Runs:
    words = [word for word, _ in _words(passages)]
    return array("Q", (_hash(words[start : start + RUN]) for start in range(len(words) - RUN + 1)))


@dataclass(frozen=True)
class RunIndex:
    """For each run of words, the first article that has it, and one other."""

    first: Mapping[int, str]
    second: Mapping[int, str]

    def shared_by(self, path: str, runs: Runs) -> tuple[SharedRun, ...]:
        """Return what the article at `path`, which has `runs`, shares with another."""
        return tuple(_joined(self._other(path, run) for run in runs))

    def _other(self, path: str, run: int) -> str:
        """Return an article that has the run, other than the one at `path`; "" where there is none."""
        first = self.first.get(run, "")
        return first if first != path else self.second.get(run, "")


def index_runs(articles: Mapping[str, Runs]) -> RunIndex:
    """Return the index of `articles`, which has the runs of each article by path."""
    first: dict[int, str] = {}
    second: dict[int, str] = {}
    for path, runs in articles.items():
        for run in runs:
            if first.setdefault(run, path) != path:
                second.setdefault(run, path)
    return RunIndex(first, second)


def shared_runs(articles: Mapping[str, Runs]) -> dict[str, tuple[SharedRun, ...]]:
    """Return path -> what the article at that path shares with another; `articles` has the runs of each by path."""
    index = index_runs(articles)
    found = {path: index.shared_by(path, runs) for path, runs in articles.items()}
    return {path: shared for path, shared in found.items() if shared}


def _joined(others: Iterable[str]) -> Iterator[SharedRun]:
    """Join overlapping runs; `others` names, for each word, the article that shares the run starting there."""
    start, last = 0, ""
    for index, other in enumerate((*others, "")):
        if other != last and last:
            yield SharedRun(start, index - 1 + RUN, last)
        if other != last:
            start, last = index, other


def _words(passages: tuple[Passage, ...]) -> list[tuple[str, int]]:
    """Yield every word of the article's own text with the first line of its passage."""
    own = (passage for passage in passages if not passage.block and passage.kind != "heading")
    return [(word, passage.line) for passage in own for word in WORD.findall(passage.text.lower())]


def _hash(words: list[str]) -> int:
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=8).digest(), "big")
