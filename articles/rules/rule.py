"""What a rule is, and what it says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from articles.rules.levels import ACCEPTED, BLOCK, MAY_WARN, WARN
from articles.rules.manuscript import ARTICLE, GLOSSARY, KINDS, PAGE, Manuscript
from articles.rules.manuscript import BLOCK as SHARED_BLOCK

WHOLE_PAGES = (ARTICLE, PAGE)
MARKDOWN = (ARTICLE, PAGE, SHARED_BLOCK)
HEALTH_TEXTS = (ARTICLE, SHARED_BLOCK, GLOSSARY)


@dataclass(frozen=True)
class Hit:
    """One place where a rule is not kept."""

    line: int
    sentence: str  # what is wrong
    mend: str  # what to do
    level: str = ""  # the rule's own where it is left out
    reason: str = ""  # given in the text for leaving it as it is: {claim-ok: reason}


Check = Callable[[Manuscript], Iterator[Hit]]


@dataclass(frozen=True)
class Rule:
    id: str
    check: Check
    on: tuple[str, ...]  # the kinds of manuscript it judges
    beyond: bool  # it looks beyond the file: what it said last time may no longer hold though the file is as it was

    @property
    def level(self) -> str:
        return WARN if self.id in MAY_WARN else BLOCK

    def level_of(self, hit: Hit) -> str:
        return ACCEPTED if hit.reason else hit.level or self.level


def rule(name: str, on: tuple[str, ...] = KINDS, beyond: bool = False) -> Callable[[Check], Rule]:
    """Makes a Rule of the function below it."""
    return lambda check: Rule(name, check, on, beyond)
