"""Every declaration, selector and media query of the stylesheets, for browsers to check."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import tinycss2
from django.contrib.staticfiles import finders
from tinycss2.ast import Node, ParseError, QualifiedRule

ROOT = Path(__file__).parent.parent.parent
SHEETS = sorted((ROOT / "static" / "css").rglob("*.css"))
ADMIN_SHEETS = ("admin/css/base.css", "admin/css/dark_mode.css")  # their custom properties are used by the staff sheets
VARIABLE = re.compile(r"var\((--[\w-]+)\)")
EITHER = re.compile(r"var\(--day, (.+)\) var\(--night, (.+)\)")  # a token of tokens.css, light or dark
PREFIX = re.compile("^-(?:webkit|moz)-")


@dataclass(frozen=True)
class Style:
    """A declaration as a browser sees it, with a value for each custom property."""

    place: str  # file and line of the rule
    name: str  # of the property
    value: str
    declared: str  # the value as the stylesheet has it

    @property
    def plain_name(self) -> str:
        """The name without a vendor prefix."""
        return PREFIX.sub("", self.name)

    @property
    def may_be_left_out(self) -> bool:
        """Whether a browser that does not know this declaration may use another one in the same rule.

        Not with a custom property in it: then the browser finds out too late.
        """
        return not VARIABLE.search(self.declared)


@dataclass(frozen=True)
class Demands:
    """The distinct declarations, selectors and media queries of the stylesheets."""

    styles: frozenset[Style]
    selectors: frozenset[str]
    queries: frozenset[str]


def read_demands(sheets: Iterable[Path] = SHEETS) -> Demands:
    """Read the stylesheets; a value with a custom property is listed with each value of that property."""
    styles: set[Style] = set()
    selectors: set[str] = set()
    queries: set[str] = set()
    variables = _variables([*sheets, *map(_installed, ADMIN_SHEETS)])
    for sheet in sheets:
        for media, rule in _rules(sheet):
            queries |= media
            selectors |= set(_selectors(rule))
            for name, value in _declarations(rule):
                place = f"{sheet.name}:{rule.source_line}"
                if value:  # an empty custom property is valid; Chromium's CSS.supports() denies it
                    styles |= {Style(place, name, resolved, value) for resolved in _resolved(value, variables)}
    return Demands(frozenset(styles), frozenset(selectors), frozenset(queries))


def _installed(name: str) -> Path:
    found = finders.find(name)
    assert isinstance(found, str)
    return Path(found)


def _rules(sheet: Path) -> Iterator[tuple[frozenset[str], QualifiedRule]]:
    """Yield the rules of a stylesheet, with the media queries around them; @page has no properties to check."""

    def walk(nodes: Iterable[Node], media: frozenset[str]) -> Iterator[tuple[frozenset[str], QualifiedRule]]:
        for node in nodes:
            assert not isinstance(node, ParseError), f"{sheet.name}:{node.source_line}: {node.message}"
            if isinstance(node, QualifiedRule):
                yield media, node
            elif node.lower_at_keyword == "media":
                inside = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
                yield from walk(inside, media | {_text(node.prelude)})

    return walk(tinycss2.parse_stylesheet(sheet.read_text(), skip_comments=True, skip_whitespace=True), frozenset())


def _selectors(rule: QualifiedRule) -> Iterator[str]:
    """Yield the selectors of a list: a browser that does not know one ignores the whole rule."""
    part: list[Node] = []
    for token in rule.prelude:
        if token == ",":
            yield _text(part)
            part = []
        else:
            part.append(token)
    yield _text(part)


def _declarations(rule: QualifiedRule) -> Iterator[tuple[str, str]]:
    for node in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True):
        assert not isinstance(node, ParseError), f"line {node.source_line}: {node.message}"
        yield node.name, _text(node.value)


def _variables(sheets: Iterable[Path]) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for sheet in sheets:
        for _, rule in _rules(sheet):
            for name, value in _declarations(rule):
                if name.startswith("--"):
                    either = EITHER.fullmatch(value)
                    values.setdefault(name, set()).update(either.groups() if either else [value])
    return values


def _resolved(value: str, variables: dict[str, set[str]]) -> Iterator[str]:
    found = VARIABLE.search(value)
    if found is None:
        yield value
        return
    for replacement in sorted(variables[found[1]]):
        yield from _resolved(value[: found.start()] + replacement + value[found.end() :], variables)


def _text(nodes: Iterable[Node]) -> str:
    return str(tinycss2.serialize(nodes)).strip()
