"""The words that a reader sees of Markdown or plain text, and the line of each.

Every rule about words reads this text and nothing else: no mark, entity or look-alike can hide a word from one rule and
not from another. Marks are removed whether or not the page would show them, since a word is read through them. What
readers never see (the target of a link, its title, comments, tags) is removed too: it must not excuse what they do see.

The text is read in one pass, and no pattern looks further than the next mark of its kind, so the time grows with the
length alone.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape

from articles.content.pictures import FOLDER
from articles.rendering.certainty import words_of
from clinic_site.text.look_alikes import fold_look_alikes

# Placeholders for what is not read: Unicode noncharacters, which no text may contain.
CITED, CLAIMED, NEW_LINE, STAR, UNDERLINE, TICK = "\ufdd0\ufdd1\ufdd2\ufdd3\ufdd4\ufdd5"
PLACEHOLDERS = dict.fromkeys(map(ord, (CITED, CLAIMED, NEW_LINE, STAR, UNDERLINE, TICK)))
UNREAD = str.maketrans("", "", CITED + CLAIMED)
MARKS = {"*": STAR, "_": UNDERLINE, "`": TICK}
ESCAPED = {"\\": "", "*": " ", "_": " ", "`": " "}  # escaped character -> a space if it separates words, or nothing
ANYWHERE = r"""
      (?P<entity>&(?:\#0*+[0-9]{0,7}|\#x0*+[0-9a-f]{0,6}|[a-z][a-z0-9]{1,31});)
    | (?P<mark>\*+|_+|`+)
    | (?P<dash>--+)
    """
IN_MARKDOWN = r"""
      \\(?P<escaped>[\\`*_{}\[\]()>\#+.!-])?
    | <!--(?:[^<-]|-(?!->)|<(?!!--))*+-->
    | <(?P<address>[a-z][a-z0-9+.-]*:[^\s<>]*|[^\s<>@]*@[^\s<>]*)>
    | </?[a-z!?][^<>]*>
    | \[(?P<keys>@[\w-]+(?:\s*[;,]\s*@[\w-]+)*)\]
    | \{claim-ok:\s*(?P<reason>[^{}]*)\}
    | \{certainty:[ ]*(?P<certainty>[^{}]*)\}
    | \{\{[^{}]*\}\}
    | \[\^[^\[\]\s]+\]:?
    | (?P<opened>!?\[)
    | (?P<target>\]\((?:[^()\\]|\\.|\([^()]*\))*+\))
    | \]\[(?![@^])(?P<label>[^\[\]]*)\](?!\()
    | (?P<closed>\])
    | (?P<ticks>`++)(?P<code>[^`]*)(?P=ticks)(?!`)
    | (?P<bar>\|)
    """
FLAGS = re.VERBOSE | re.IGNORECASE | re.DOTALL
PLAIN_TOKEN = re.compile(ANYWHERE, FLAGS)
TOKEN = re.compile(f"{IN_MARKDOWN}|{ANYWHERE}", FLAGS)  # in this order: ticks come before marks
KEY = re.compile(r"@([\w-]+)")
LEADING_ZEROS = re.compile(r"(?<=#)(x?)0+(?=[0-9a-f])", re.IGNORECASE)  # of an entity: there may be thousands
CAPTION = re.compile(rf'\]\(/{FOLDER}/[^"]*"([^"]*)"')  # of an uploaded picture; others are not shown
SHORT_FORMS = ("Dr", "Mr", "Mrs", "Ms", "St", "vs", "e.g", "i.e", "U.S", "a.m", "p.m")
AFTER = "".join(rf"(?<!\b{re.escape(form)}\.)" for form in SHORT_FORMS)
BREAK = re.compile(rf"(?:(?<=[.!?])|(?<=[.!?][\"”')])){AFTER}\s+(?=[\"“'(]*[A-Z\d])")
STOP_BEFORE_NOTE = re.compile(rf"([.!?])((?:\s*[{CITED}{CLAIMED}])+)")


@dataclass(frozen=True)
class Sentence:
    line: int
    text: str  # as readers see it
    keys: frozenset[str]  # of the sources it cites
    claim_ok: str | None  # the reason in its {claim-ok: reason}


@dataclass(frozen=True)
class VisibleText:
    """A piece of inline Markdown or plain text as it is read."""

    line: int  # of the file, where it starts
    marked: str  # the words, with a placeholder for each citation and each claim mark, on as many lines as they had
    keys: tuple[frozenset[str], ...]  # of the sources that each citation names, in order
    reasons: tuple[str, ...]  # of the claim marks, in order

    @cached_property
    def text(self) -> str:
        """The words on one line."""
        return _one_line(self.marked)

    @cached_property
    def cites(self) -> frozenset[str]:
        return frozenset[str]().union(*self.keys)

    @property
    def sentences(self) -> Iterator[Sentence]:
        marked, line = STOP_BEFORE_NOTE.sub(r"\2\1", self.marked), self.line
        keys, reasons, start = iter(self.keys), iter(self.reasons), 0
        for end in (*(found.end() for found in BREAK.finditer(marked)), len(marked)):
            piece = marked[start:end]
            cited = frozenset[str]().union(*(next(keys) for _ in range(piece.count(CITED))))
            claims = [next(reasons) for _ in range(piece.count(CLAIMED))]
            text = _one_line(piece)
            if text:
                yield Sentence(line, text, cited, claims[0] if claims else None)
            line += _line_breaks(piece)
            start = end


def visible_text(typed: str, line: int = 1, plain: bool = False) -> VisibleText:
    """Return what a reader sees of `typed`, the inline Markdown of one block that starts on line `line`.

    A `plain` text is shown as it is typed: it has no links, comments, citations and claim marks.
    """
    reader = _Reader()
    text = fold_look_alikes(reader.read(typed.translate(PLACEHOLDERS), PLAIN_TOKEN if plain else TOKEN))
    for mark in MARKS.values():
        text = _without_pairs(text, mark)
    return VisibleText(line, text, tuple(reader.keys), tuple(reader.reasons))


class _Reader:
    """Reader of one text: turns each token into words, and collects citations and claim marks."""

    def __init__(self) -> None:
        self.keys: list[frozenset[str]] = []
        self.reasons: list[str] = []
        self.open: list[bool] = []  # for each open bracket, whether it is a picture's

    def read(self, text: str, tokens: re.Pattern[str] = TOKEN) -> str:
        return tokens.sub(self._replaced, text)

    def _replaced(self, token: re.Match[str]) -> str:
        """Return the words of a token, with a placeholder for each line break in it so that lines stay countable."""
        words = WORDS[token.lastgroup](self, token) if token.lastgroup else ""
        return words + NEW_LINE * (token[0].count("\n") - words.count("\n"))

    def cite(self, token: re.Match[str]) -> str:
        self.keys.append(frozenset(KEY.findall(token["keys"])))
        return CITED

    def claim(self, token: re.Match[str]) -> str:
        self.reasons.append(token["reason"].strip())
        return CLAIMED

    def open_bracket(self, token: re.Match[str]) -> str:
        self.open.append(token["opened"] == "![")
        return ""

    def close_bracket(self, token: re.Match[str]) -> str:
        if self.open:
            self.open.pop()
        return ""

    def target(self, token: re.Match[str]) -> str:
        """Return the caption of a picture; nothing for the target of a link; without an open bracket it is text."""
        if not self.open:
            return self.read(token["target"][1:])
        caption = CAPTION.match(token["target"]) if self.open.pop() else None
        return f". {self.read(caption[1])}" if caption else ""

    def label(self, token: re.Match[str]) -> str:
        """Return the label in `[text][label]` as a word, since the page may show it; nothing inside a word."""
        self.close_bracket(token)
        inside = token.string[token.end() : token.end() + 1].isalnum()
        return "" if inside else f" {self.read(token['label'])}"


WORDS: Mapping[str, Callable[[_Reader, re.Match[str]], str]] = {
    "escaped": lambda reader, token: ESCAPED.get(token["escaped"], token["escaped"]),
    "address": lambda reader, token: token["address"],
    "entity": lambda reader, token: _character(token["entity"]),
    "keys": _Reader.cite,
    "reason": _Reader.claim,
    "certainty": lambda reader, token: words_of(token["certainty"].strip()),
    "opened": _Reader.open_bracket,
    "target": _Reader.target,
    "label": _Reader.label,
    "closed": _Reader.close_bracket,
    "mark": lambda reader, token: MARKS[token["mark"][0]],
    "code": lambda reader, token: token["code"],
    "bar": lambda reader, token: " ",
    "dash": lambda reader, token: " - ",
}


def _character(entity: str) -> str:
    return unescape(LEADING_ZEROS.sub(r"\1", entity)).replace("\n", " ")


def _without_pairs(text: str, mark: str) -> str:
    """Return `text` without pairs of the placeholder `mark`, which the page hides; a single one separates two words."""
    if text.count(mark) % 2:
        index = text.rindex(mark)
        text = f"{text[:index]} {text[index + 1 :]}"
    return text.replace(mark, "")


def _one_line(marked: str) -> str:
    words = " ".join(marked.replace(NEW_LINE, "").split())
    return words.replace(f" {CITED}", "").replace(f" {CLAIMED}", "").translate(UNREAD).strip()


def _line_breaks(marked: str) -> int:
    return marked.count("\n") + marked.count(NEW_LINE)
