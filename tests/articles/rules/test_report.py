"""Findings for people, for machines, and beside the lines of a code review."""

import json

from articles.rules.registry import Finding
from articles.rules.report import as_github, as_json, as_text

FINDINGS = [
    Finding("articles/a.md", 1, "", "block", "“title” is missing.", ""),
    Finding("articles/a,b.md", 3, "A08", "block", "“100% safe” promises too much.", "Say more."),
    Finding("articles/a.md", 9, "A17", "warn", "Too long.", "Split it."),
    Finding("articles/a.md", 9, "A18", "accepted", "Passive.", "Say who.", "It quotes\nthe label."),
]


def test_text_has_a_line_for_each() -> None:
    assert as_text(FINDINGS[1:3], "content").split("\n") == [
        "content/articles/a,b.md:3: A08 block: “100% safe” promises too much. Say more.",
        "content/articles/a.md:9: A17 warn: Too long. Split it.",
    ]


def test_json_holds_every_field() -> None:
    rows = json.loads(as_json(FINDINGS, "content"))
    assert len(rows) == 4
    assert rows[3] == {
        "path": "content/articles/a.md",
        "line": 9,
        "rule": "A18",
        "level": "accepted",
        "sentence": "Passive.",
        "mend": "Say who.",
        "reason": "It quotes\nthe label.",
    }


def test_annotations_escape_what_would_end_them() -> None:
    assert as_github(FINDINGS, "content").split("\n") == [
        "::error file=content/articles/a.md,line=1,title=Content block::“title” is missing.",
        "::error file=content/articles/a%2Cb.md,line=3,title=A08 block::“100%25 safe” promises too much. Say more.",
        "::warning file=content/articles/a.md,line=9,title=A17 warn::Too long. Split it.",
        "::notice file=content/articles/a.md,line=9,title=A18 accepted::Passive. It quotes%0Athe label.",
    ]


def test_nothing_is_said_of_nothing() -> None:
    assert [shape([], "content") for shape in (as_text, as_github)] == ["", ""]
    assert as_json([], "content") == "[]"
