"""Findings as text for people, as JSON, and as annotations of a code review."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict

from articles.content.rule_ids import ACCEPTED, BLOCK, HINT, WARN
from articles.rules.registry import Finding

COMMANDS = {BLOCK: "error", WARN: "warning", HINT: "notice", ACCEPTED: "notice"}
ESCAPES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
ESCAPES_IN_PROPERTIES = ESCAPES | {":": "%3A", ",": "%2C"}


def as_text(findings: Iterable[Finding], folder: str) -> str:
    return "\n".join(f"{folder}/{finding}" for finding in findings)


def as_json(findings: Iterable[Finding], folder: str) -> str:
    rows = [asdict(finding) | {"path": f"{folder}/{finding.path}"} for finding in findings]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def as_github(findings: Iterable[Finding], folder: str) -> str:
    """Return workflow commands, one line per finding, which GitHub shows beside the line of the file."""
    return "\n".join(_annotation(finding, folder) for finding in findings)


FORMATS: dict[str, Callable[[Iterable[Finding], str], str]] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
}


def _annotation(finding: Finding, folder: str) -> str:
    file = _escaped(f"{folder}/{finding.path}", ESCAPES_IN_PROPERTIES)
    title = f"{finding.rule or 'Content'} {finding.level}"
    message = _escaped(f"{finding.sentence} {finding.reason or finding.mend}".strip(), ESCAPES)
    return f"::{COMMANDS[finding.level]} file={file},line={finding.line},title={title}::{message}"


def _escaped(text: str, escapes: Mapping[str, str]) -> str:
    return "".join(escapes.get(character, character) for character in text)
