"""The Rule class and its result."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from articles.content.rule_ids import ACCEPTED, BLOCK, HINT, HINTS, MAY_WARN, WARN
from articles.rules.text.page_text import ARTICLE, GLOSSARY, HEALTH_PAGE, KINDS, PAGE, PageText
from articles.rules.text.page_text import BLOCK as SHARED_BLOCK

WHOLE_PAGES = (ARTICLE, HEALTH_PAGE, PAGE)
MARKDOWN = (*WHOLE_PAGES, SHARED_BLOCK)
HEALTH_TEXTS = (ARTICLE, HEALTH_PAGE, SHARED_BLOCK, GLOSSARY)


@dataclass(frozen=True)
class Hit:
    """A place that violates a rule."""

    line: int
    sentence: str  # what is wrong
    mend: str  # what to do
    level: str = ""  # "": the level of the rule
    reason: str = ""  # why the text may stay, from its mark {claim-ok: reason}


Check = Callable[[PageText], Iterator[Hit]]


@dataclass(frozen=True)
class Rule:
    id: str
    check: Check
    on: tuple[str, ...]  # the kinds of text it checks
    beyond: bool  # it looks beyond the file: its results may change although the file does not

    @property
    def level(self) -> str:
        if self.id in HINTS:
            return HINT
        return WARN if self.id in MAY_WARN else BLOCK

    def level_of(self, hit: Hit) -> str:
        return ACCEPTED if hit.reason else hit.level or self.level


def rule(name: str, on: tuple[str, ...] = KINDS, beyond: bool = False) -> Callable[[Check], Rule]:
    """Make a Rule of the decorated function. Its docstring is for editors: they read it beside each finding."""
    return lambda check: Rule(name, check, on, beyond)
