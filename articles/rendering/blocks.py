"""Insertions: `{{ block: emergency }}` on its own line places a shared passage, `{{ clinic: name }}` a clinic fact.

A block may contain facts and citations, but no blocks. `{claim-ok: reason}` marks a word that is banned elsewhere and
right here: reviewers read the mark, readers never do.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from markdown import Markdown
from markdown.preprocessors import Preprocessor

from articles.content.documents import Block, Document
from articles.rendering.line_numbers import line_numbers
from clinic_site.clinic import Clinic

# The braces come first, because a search for them is five times as fast as one that looks at the start of each line.
BLOCK = re.compile(r"\{\{(?<=^\{\{) *block: *([\w-]+) *\}\}\s*$", re.MULTILINE)
FACT = re.compile(r"\{\{ *clinic: *([\w-]+) *\}\}")
CLAIM_OK = re.compile(r"(?<![ \t])[ \t]*+\{claim-ok:((?:(?!\{claim-ok:)[^}])*+)\}")
OPENING = "{claim-ok:"
WORDS_A_MINUTE = 200  # a slow, careful reader of plain text
WORD = re.compile(r"\w[\w'’-]*")
ANY_BRACES = re.compile(r"\{\{(?:(?!\{\{).)*?\}\}")


def _phones(clinic: Clinic) -> str:
    return " or ".join(f"{office.phone_shown} ({office.name})" for office in clinic.offices)


FACTS: dict[str, Callable[[Clinic], str]] = {
    "name": lambda clinic: clinic.name,
    "owner": lambda clinic: clinic.owner,
    "sells": lambda clinic: clinic.sells,
    "phones": _phones,
    "email": lambda clinic: f"[{clinic.contact_email}](mailto:{clinic.contact_email})",
    "office_names": lambda clinic: " and ".join(office.name for office in clinic.offices),
    "erase_led_nowhere_after": lambda clinic: f"{clinic.erase_led_nowhere_after.days} days",
    "erase_others_after": lambda clinic: f"{clinic.erase_others_after.days} days",
}


@dataclass(frozen=True)
class Insertion:
    name: str
    line: int  # from 1, in the text it was found in


def find_blocks(text: str) -> Iterator[Insertion]:
    """Yield every block that the Markdown `text` places."""
    return _find(BLOCK, text)


def find_facts(text: str) -> Iterator[Insertion]:
    """Yield every clinic fact that the Markdown `text` names."""
    return _find(FACT, text)


def find_stray_braces(text: str) -> Iterator[Insertion]:
    """Yield every `{{ ... }}` that is neither a block on a line of its own nor a fact: a typing slip."""
    return _find(ANY_BRACES, FACT.sub("", BLOCK.sub("", text)))


def insert_facts(text: str, clinic: Clinic) -> str:
    """Return `text` with the clinic's facts in place; an unknown name stays as it was typed."""
    return FACT.sub(lambda found: FACTS[found[1]](clinic) if found[1] in FACTS else found[0], text)


def insert_blocks(text: str, blocks: Mapping[str, Block]) -> str:
    """Return `text` with the shared passages in place, each set apart; an unknown name leaves nothing."""
    return BLOCK.sub(lambda found: f"\n{blocks[found[1]].text}\n" if found[1] in blocks else "", text)


def blocks_around(document: Document) -> list[str]:
    """Return the names of the blocks that the document carries and does not place in its text."""
    placed = {insertion.name for insertion in find_blocks(document.body)}
    return [name for name in document.carried if name not in placed]


def whole_text(document: Document) -> str:
    """Return the document's Markdown with the shared passages in place, and those that it carries around its text."""
    shared = document.shared
    if shared is None:  # not checked against a library: the text as it is typed
        return document.body
    around = [shared.blocks[name].text for name in blocks_around(document)]
    text = "\n\n".join([insert_blocks(document.body, shared.blocks), *around])
    return insert_facts(without_claim_marks(text), shared.clinic)


def reading_minutes(document: Document) -> int:
    """Return the reading time of the whole page, in minutes, at least 1."""
    return max(1, round(len(WORD.findall(whole_text(document))) / WORDS_A_MINUTE))


def find_open_marks(markdown: str) -> Iterator[int]:
    """Yield the line, from 1, of each claim mark without an end: readers would see the mark."""
    line = line_numbers(markdown)
    closed = {mark.start() + mark[0].index("{") for mark in CLAIM_OK.finditer(markdown)}
    return (line(mark.start()) for mark in re.finditer(re.escape(OPENING), markdown) if mark.start() not in closed)


def without_claim_marks(markdown: str) -> str:
    return CLAIM_OK.sub("", markdown) if OPENING in markdown else markdown


class InsertionPreprocessor(Preprocessor):
    """Preprocessor that inserts blocks and facts and removes claim marks before all others."""

    def __init__(self, md: Markdown, blocks: Mapping[str, Block], clinic: Clinic) -> None:
        super().__init__(md)
        self.blocks = blocks
        self.clinic = clinic

    def run(self, lines: list[str]) -> list[str]:
        text = without_claim_marks(insert_blocks("\n".join(lines), self.blocks))
        return insert_facts(text, self.clinic).split("\n")


def _find(pattern: re.Pattern[str], text: str) -> Iterator[Insertion]:
    line = line_numbers(text)
    for found in pattern.finditer(text):
        yield Insertion(found[1] if pattern.groups else found[0], line(found.start()))
