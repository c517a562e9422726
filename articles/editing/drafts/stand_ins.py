"""Read past the faults on top of a file, so that one fault hides no other: a valid value stands in for each."""

import re
from dataclasses import dataclass, field, replace

from articles.content.documents import QUESTIONS, Document, Source
from articles.editing.drafts.front_matter import with_line, with_new_line
from articles.editing.revisions.load_check import validate
from articles.library import Library
from articles.rendering.extensions.citations import find_citations
from articles.rules.registry import Finding
from clinic_site.content.files import ContentError, Problem

MISSING = re.compile(r"“(\w+)” is missing\.")
ANSWERS = ", ".join(f'{key}: "Text. {{certainty: not graded}}"' for key in QUESTIONS)
# Dates that come in their order beside any others. A key that is not here may be left out.
STAND_INS = {
    **dict.fromkeys(("title", "summary", "audience", "main_message", "drafting", "conflict"), "Text"),
    "answers": f"{{{ANSWERS}}}",
    "topics": "[]",
    "author": "{name: Text, role: Text}",
    "status": "draft",
    "published": "1970-01-01",
    "updated": "9999-12-30",
    "review_due": "9999-12-31",
}

ANY_SOURCE = Source("", ("",), "", "", year="9999", kind="", volume_pages="", url="", checked=True)


@dataclass
class ReadText:
    """A text, as far as it can be read."""

    text: str  # with stand-ins
    problems: list[Problem] = field(default_factory=list)  # with the lines of the text without them
    document: Document | None = None  # None where a fault cannot be passed over
    stand_ins: set[int] = field(default_factory=set)  # their lines in `text`
    added: int = 0  # lines at the end of the front matter

    def in_place(self, finding: Finding) -> Finding | None:
        """Return the finding with its line in the text without stand-ins; None for one about a stand-in."""
        if finding.line in self.stand_ins:
            return None
        below = bool(self.added) and finding.line > max(self.stand_ins)
        return replace(finding, line=finding.line - self.added) if below else finding


def read_past_faults(path: str, text: str, library: Library) -> ReadText:
    """Read `text` as the file at `path`, with a stand-in for each value on its top that cannot be read."""
    read, passed = ReadText(text), set[str]()
    while True:
        validated = validate(path, read.text, library)
        found = [replace(problem, line=_line(problem.line, read)) for problem in validated.problems]
        if validated.document is not None:
            read.document, read.problems = _with_known_sources(validated.document), [*read.problems, *found]
            return read
        read.problems += [problem for problem in found if problem not in read.problems]
        try:
            key = _pass_over(validated.problems[-1], read)
        except ContentError:
            return read
        if key in passed:
            return read
        passed.add(key)


def _with_known_sources(document: Document) -> Document:
    """Return the document with a stand-in for each source that it cites and nobody knows: rules look sources up."""
    shared = document.shared
    assert shared is not None, "a text is read against a library"  # noqa: S101
    unknown = {citation.key for citation in find_citations(document.body)} - shared.sources.keys()
    if not unknown:
        return document
    known = {key: replace(ANY_SOURCE, key=key) for key in unknown}
    return replace(document, shared=replace(shared, sources={**shared.sources, **known}))


def _line(line: int, read: ReadText) -> int:
    return line - read.added if read.added and line > max(read.stand_ins) else line


def _pass_over(problem: Problem, read: ReadText) -> str:
    """Put a stand-in where the problem is, and return its key. Raises ContentError where that cannot be done."""
    missing = MISSING.match(problem.message)
    if missing and missing[1] in STAND_INS:
        read.text, line = with_new_line(read.text, f"{missing[1]}: {STAND_INS[missing[1]]}")
        read.stand_ins.add(line)
        read.added += 1
        return missing[1]
    read.text, key, lines = with_line(read.text, problem.line, STAND_INS)
    read.stand_ins.update(lines)
    return key
