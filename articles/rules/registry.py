"""All rules, in the order of their ids, and the check of one page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from articles.content.rule_ids import ACCEPTED, BLOCK, WARN
from articles.rules.checks import (
    accessibility,
    claims,
    duplicate_text,
    figures,
    front_matter,
    links,
    plain_language,
    questions,
    safety,
    sourcing,
    tone,
)
from articles.rules.rule import Rule
from articles.rules.text.page_text import PageText

MODULES = (
    front_matter,
    sourcing,
    claims,
    safety,
    plain_language,
    links,
    accessibility,
    tone,
    duplicate_text,
    figures,
    questions,
)
RULES = tuple(
    sorted(
        (value for module in MODULES for value in vars(module).values() if isinstance(value, Rule)),
        key=lambda rule: rule.id,
    )
)


@dataclass(frozen=True, order=True)
class Finding:
    """What a rule says about one place in a file."""

    path: str  # below the content folder
    line: int
    rule: str  # "" for what keeps a file from loading
    level: str  # block, warn, hint or accepted
    sentence: str
    mend: str
    reason: str = ""  # why an accepted warning may stay

    def __str__(self) -> str:
        head = f"{self.path}:{self.line}:" + (f" {self.rule} {self.level}:" if self.rule else "")
        tail = f"({self.reason})" if self.level == ACCEPTED else self.mend
        return f"{head} {self.sentence} {tail}".rstrip()


def check_page(text: PageText, rules: Iterable[Rule] = RULES) -> Iterator[Finding]:
    """Yield the findings of `rules`, in their order; a warning that the front matter answers is accepted."""
    answers: Mapping[str, str] = text.document.accepted if text.document else {}
    for rule in rules:
        for hit in rule.check(text) if text.kind in rule.on else ():
            level, reason = rule.level_of(hit), hit.reason
            if level == WARN and rule.id in answers:
                level, reason = ACCEPTED, answers[rule.id]
            yield Finding(text.path, hit.line, rule.id, level, hit.sentence, hit.mend, reason)


def blocks(findings: Iterable[Finding]) -> int:
    """Return how many findings stop publication."""
    return sum(finding.level == BLOCK for finding in findings)
