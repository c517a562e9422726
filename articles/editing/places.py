"""What is wrong with a text, told to the person who edits it: in their words, and where on their page it stands."""

import inspect
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from articles.editing.examination import Examination
from articles.editing.forms import ArticleForm, Editor, plain
from articles.editing.front import body_of, lines_of_keys
from articles.rules.levels import ACCEPTED, BLOCK, WARN
from articles.rules.registry import RULES, Finding
from clinic_site.content_files import ContentError, Problem

ORDER = (BLOCK, WARN, ACCEPTED)
FIELDS = {"author": "author_name", "sources": "body"}  # front matter key -> field, where the two differ in name
GROUPS = ("topics", "blocks")  # fields of several boxes: the first of them takes the focus
EXCERPT = 90  # characters
# What the loader and the rules say to those who edit the file itself, and what it means on this page.
REWORDED = {
    " must be text. Write it between quotation marks.": " is empty. Fill it in.",
    "List it under “blocks” on top of the file.": "Tick it under “Shared passages”.",
    " on top of the file": "",
}
AT_LEAST_ONE = {"topics": "Tick at least one.", "sources": "Cite one in the text."}


@dataclass(frozen=True)
class Told:
    """One thing about the text."""

    number: int  # from 1, on this page; 0 where it is not listed
    level: str  # block, warn or accepted
    rule: str  # "" for what keeps the text from loading
    why: str  # the rule in plain words
    sentence: str
    mend: str
    reason: str  # why it may stay, where that was answered
    field: str  # of the form; "" where it has none
    line: int  # of the field, from 1; 0 where it is not about a line
    where: str
    excerpt: str  # how the line starts

    @property
    def href(self) -> str:
        """The place to go to; the finding itself where the page has none."""
        return anchor(self.field) if self.field else f"#finding-{self.number}"


def anchor(field: str) -> str:
    """Where that field of the form stands on the page."""
    return f"#id_{field}_0" if field in GROUPS else f"#id_{field}"


def told(examination: Examination, text: str, form: Editor) -> list[Told]:
    """Everything that was found in the file `text`, which `form` shows; what stops publication comes first."""
    places = _Places(plain(text), form)
    problems = (Finding(each.path, each.line, "", BLOCK, each.message, "") for each in examination.problems)
    found = sorted((*problems, *examination.findings), key=lambda each: (ORDER.index(each.level), each.line))
    return [places.told(number, each) for number, each in enumerate(found, 1)]


def told_problem(problem: Problem, text: str, form: Editor) -> Told:
    """One problem that came up in saving, which no list on the page shows."""
    return _Places(plain(text), form).told(0, Finding(problem.path, problem.line, "", BLOCK, problem.message, ""))


def to_answer(found: list[Told]) -> list[str]:
    """The rules that warn, answered or not."""
    return sorted({each.rule for each in found if each.rule and each.level in (WARN, ACCEPTED)})


@cache
def in_words(rule: str) -> str:
    """What the rule asks for, in one sentence."""
    checks = {each.id: each.check for each in RULES}
    said = inspect.getdoc(checks[rule]) if rule in checks else ""
    return " ".join((said or "").split("\n\n")[0].split())


class _Places:
    """Lines of the file, and where they stand on the page."""

    def __init__(self, text: str, form: Editor) -> None:
        self.lines = text.split("\n")
        self.form = form
        self.in_fields = isinstance(form, ArticleForm)
        try:
            self.body_line, self.keys = body_of(text)[1], lines_of_keys(text)
        except ContentError:  # then it is shown as a file
            self.in_fields = False

    def told(self, number: int, found: Finding) -> Told:
        key = self._key(found.line)
        field, line, where = self._place(key, found)
        sentence, mend = (self._in_their_words(each, key) for each in (found.sentence, found.mend))
        why, excerpt = in_words(found.rule), self._excerpt(found.line) if line else ""
        return Told(number, found.level, found.rule, why, sentence, mend, found.reason, field, line, where, excerpt)

    def _place(self, key: str, found: Finding) -> tuple[str, int, str]:
        """Field, line of the field, and both in words."""
        if not self.in_fields:
            return "whole", found.line, f"Line {found.line}"
        if found.line > self.keys[-1][0]:
            line = max(found.line - self.body_line + 1, 1)  # the blank lines above the text are not shown
            return "body", line, f"Line {line} of the text"
        field = FIELDS.get(key, key)
        if field in self.form.fields:
            return field, 0, f"“{self._label(key)}”"
        return "", 0, f"“{key}”, a line on top of the file" if key else "The article as a whole"

    def _key(self, line: int) -> str:
        """The key of the front matter that line belongs to; "" for none."""
        place = bisect_right(self.keys, line, key=lambda each: each[0]) - 1 if self.in_fields else -1
        return self.keys[place][1] if place >= 0 else ""

    def _label(self, key: str) -> str:
        field = self.form.fields.get(FIELDS.get(key, key))
        return str(field.label) if field and key != "sources" else key.capitalize()

    def _in_their_words(self, text: str, key: str) -> str:
        """With the labels of this page for the names of the file."""
        if not self.in_fields:
            return text
        if key in AT_LEAST_ONE and text == "List at least one.":
            return AT_LEAST_ONE[key]
        for said, meant in REWORDED.items():
            text = text.replace(said, meant)
        return text.replace(f"“{key}”", f"“{self._label(key)}”") if key else text

    def _excerpt(self, number: int) -> str:
        line = self.lines[number - 1].strip() if number <= len(self.lines) else ""
        return line if len(line) <= EXCERPT else f"{line[:EXCERPT].rstrip()} …"


def levels(found: list[Told]) -> Iterator[tuple[str, list[Told]]]:
    """Each level that occurs with what it holds, in order."""
    for level in ORDER:
        held = [each for each in found if each.level == level]
        if held:
            yield level, held
