"""Every rule, in the order of its id, and what they say about one manuscript."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from articles.rules import access, claims, frontpage, links, plainness, safety, sharing, sourcing, tone
from articles.rules.levels import ACCEPTED, BLOCK, WARN
from articles.rules.manuscript import Manuscript
from articles.rules.rule import Rule

MODULES = (frontpage, sourcing, claims, safety, plainness, links, access, tone, sharing)
RULES = tuple(
    sorted(
        (each for module in MODULES for each in vars(module).values() if isinstance(each, Rule)),
        key=lambda rule: rule.id,
    )
)


@dataclass(frozen=True, order=True)
class Finding:
    """What a rule says about one place of one file, for people and machines to read."""

    path: str  # below the content folder
    line: int
    rule: str  # "" for what keeps a file from loading
    level: str  # block, warn or accepted
    sentence: str
    mend: str
    reason: str = ""  # why an accepted one may stay

    def __str__(self) -> str:
        head = f"{self.path}:{self.line}:" + (f" {self.rule} {self.level}:" if self.rule else "")
        tail = f"({self.reason})" if self.level == ACCEPTED else self.mend
        return f"{head} {self.sentence} {tail}".rstrip()


def judge(text: Manuscript, rules: Iterable[Rule] = RULES) -> Iterator[Finding]:
    """What `rules` say, in the order of the rules; a warning that the front matter answers is accepted."""
    answers: Mapping[str, str] = text.document.accepted if text.document else {}
    for rule in rules:
        for hit in rule.check(text) if text.kind in rule.on else ():
            level, reason = rule.level_of(hit), hit.reason
            if level == WARN and rule.id in answers:
                level, reason = ACCEPTED, answers[rule.id]
            yield Finding(text.path, hit.line, rule.id, level, hit.sentence, hit.mend, reason)


def blocks(findings: Iterable[Finding]) -> int:
    """How many of them stop publication."""
    return sum(finding.level == BLOCK for finding in findings)
