"""Findings about a text in the words and places of the editor's page."""

import inspect
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from articles.content.rule_ids import ACCEPTED, BLOCK, HINT, MAY_WARN, WARN
from articles.editing.drafts.draft_check import DraftCheck
from articles.editing.drafts.front_matter import body_of, lines_of_keys
from articles.editing.editor.forms import ArticleForm, Editor, plain
from articles.rules.registry import RULES, Finding
from clinic_site.content.files import ContentError, Problem

ORDER = (BLOCK, WARN, HINT, ACCEPTED)
FIELDS = {
    "answers": "works",
    "changes": "why",
    "author": "author_name",
    "sources": "body",
}  # front matter key -> field, where the two differ in name
GROUPS = ("topics", "blocks")  # fields of several checkboxes: the first takes the focus
EXCERPT = 90  # characters
FILL_IN = "A01"  # the rule about what is left from an outline
# Phrases of the loader and the rules, which are about the file -> the same for the form.
REWORDED = {
    " must be text. Write it between quotation marks.": " is empty. Fill it in.",
    "List it under “blocks” on top of the file.": "Tick it under “Shared passages”.",
    " on top of the file": "",
}
AT_LEAST_ONE = {"topics": "Tick at least one.", "sources": "Cite one in the text."}


@dataclass(frozen=True)
class EditorFinding:
    """One problem or finding, and where the editor shows it."""

    number: int  # from 1, on this page; 0: not listed
    level: str  # block, warn, hint or accepted
    rule: str  # "" for what keeps the text from loading
    why: str  # the rule in plain words
    sentence: str
    mend: str
    reason: str  # the answer: why it may stay
    field: str  # of the form; "" for none
    line: int  # of the field, from 1; 0: not about a line
    where: str
    excerpt: str  # how the line starts

    @property
    def href(self) -> str:
        """The link to the field, or to the finding itself if the page has no such field."""
        return anchor(self.field) if self.field else f"#finding-{self.number}"


def anchor(field: str) -> str:
    """Return the link to a field of the form."""
    return f"#id_{field}_0" if field in GROUPS else f"#id_{field}"


def editor_findings(draft_check: DraftCheck, text: str, form: Editor) -> list[EditorFinding]:
    """Return all findings about the file `text`, which `form` shows. What stops publication comes first."""
    places = _Places(plain(text), form)
    problems = (Finding(problem.path, problem.line, "", BLOCK, problem.message, "") for problem in draft_check.problems)
    findings = sorted(
        (*problems, *draft_check.findings), key=lambda finding: (ORDER.index(finding.level), finding.line)
    )
    return [places.locate(number, finding) for number, finding in enumerate(findings, 1)]


def problem_finding(problem: Problem, text: str, form: Editor) -> EditorFinding:
    """Return the finding for a problem found while saving, which no list on the page shows."""
    return _Places(plain(text), form).locate(0, Finding(problem.path, problem.line, "", BLOCK, problem.message, ""))


def to_answer(found: list[EditorFinding]) -> list[str]:
    """Return the rules that warn, answered or not."""
    return sorted({finding.rule for finding in found if finding.rule in MAY_WARN and finding.level in (WARN, ACCEPTED)})


@cache
def in_words(rule: str) -> str:
    """Return what the rule requires, in one sentence."""
    checks = {known.id: known.check for known in RULES}
    docstring = inspect.getdoc(checks[rule]) if rule in checks else ""
    return " ".join((docstring or "").split("\n\n")[0].split())


class _Places:
    """Maps lines of the file to places on the editor's page."""

    def __init__(self, text: str, form: Editor) -> None:
        self.lines = text.split("\n")
        self.form = form
        self.in_fields = isinstance(form, ArticleForm)
        try:
            self.body_line, self.keys = body_of(text)[1], lines_of_keys(text)
        except ContentError:  # the page then shows the file
            self.in_fields = False

    def locate(self, number: int, found: Finding) -> EditorFinding:
        key = self._key(found.line)
        field, line, where = self._place(key, found)
        sentence, mend = (self._in_their_words(text, key) for text in (found.sentence, found.mend))
        why, excerpt = in_words(found.rule), self._excerpt(found.line) if line else ""
        return EditorFinding(
            number, found.level, found.rule, why, sentence, mend, found.reason, field, line, where, excerpt
        )

    def _place(self, key: str, found: Finding) -> tuple[str, int, str]:
        """Return the field, the line in the field, and both in words."""
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
        """Return the front-matter key that the line belongs to; "" for none."""
        index = bisect_right(self.keys, line, key=lambda entry: entry[0]) - 1 if self.in_fields else -1
        return self.keys[index][1] if index >= 0 else ""

    def _label(self, key: str) -> str:
        field = self.form.fields.get(FIELDS.get(key, key))
        return str(field.label) if field and key != "sources" else key.capitalize()

    def _in_their_words(self, text: str, key: str) -> str:
        """Replace the names used in the file by the labels of the form."""
        if not self.in_fields:
            return text
        if key in AT_LEAST_ONE and text == "List at least one.":
            return AT_LEAST_ONE[key]
        for phrase, replacement in REWORDED.items():
            text = text.replace(phrase, replacement)
        return text.replace(f"“{key}”", f"“{self._label(key)}”") if key else text

    def _excerpt(self, number: int) -> str:
        line = self.lines[number - 1].strip() if number <= len(self.lines) else ""
        return line if len(line) <= EXCERPT else f"{line[:EXCERPT].rstrip()} …"


def grouped(found: list[EditorFinding]) -> list[list[EditorFinding]]:
    """Return the findings; what is left to fill in, of which a new draft has much, in one group where the first is."""
    left = [finding for finding in found if finding.rule == FILL_IN]
    return [left if finding.rule == FILL_IN else [finding] for finding in found if finding not in left[1:]]


def levels(found: list[EditorFinding]) -> Iterator[tuple[str, list[EditorFinding]]]:
    """Yield each level that occurs with its findings, the most severe first."""
    for level in ORDER:
        of_level = [finding for finding in found if finding.level == level]
        if of_level:
            yield level, of_level
