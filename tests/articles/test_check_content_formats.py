"""Findings as text, as JSON, and as annotations of a code review."""

import json

from articles.management.commands.check_content import as_github, as_json, as_text
from articles.rules.registry import Finding

FINDINGS = [
    Finding("articles/a.md", 1, "", "block", "“title” is missing.", ""),
    Finding("articles/a,b.md", 3, "A08", "block", "“100% safe” promises too much.", "Say more."),
    Finding("articles/a.md", 9, "A09", "warn", "“all” is wide.", "Say how many."),
    Finding("articles/a.md", 9, "A07", "accepted", "Old sources.", "Look.", "Nothing\nnewer."),
    Finding("articles/a.md", 9, "A17", "hint", "Too long.", "Split it."),
]


def test_text_has_one_line_per_finding() -> None:
    assert as_text(FINDINGS[1:3], "content").split("\n") == [
        "content/articles/a,b.md:3: A08 block: “100% safe” promises too much. Say more.",
        "content/articles/a.md:9: A09 warn: “all” is wide. Say how many.",
    ]


def test_json_holds_every_field() -> None:
    rows = json.loads(as_json(FINDINGS, "content"))
    assert len(rows) == 5
    assert rows[3] == {
        "path": "content/articles/a.md",
        "line": 9,
        "rule": "A07",
        "level": "accepted",
        "sentence": "Old sources.",
        "mend": "Look.",
        "reason": "Nothing\nnewer.",
    }


def test_annotations_escape_what_would_end_them() -> None:
    assert as_github(FINDINGS, "content").split("\n") == [
        "::error file=content/articles/a.md,line=1,title=Content block::“title” is missing.",
        "::error file=content/articles/a%2Cb.md,line=3,title=A08 block::“100%25 safe” promises too much. Say more.",
        "::warning file=content/articles/a.md,line=9,title=A09 warn::“all” is wide. Say how many.",
        "::notice file=content/articles/a.md,line=9,title=A07 accepted::Old sources. Nothing%0Anewer.",
        "::notice file=content/articles/a.md,line=9,title=A17 hint::Too long. Split it.",
    ]


def test_without_findings_output_is_empty() -> None:
    assert [shape([], "content") for shape in (as_text, as_github)] == ["", ""]
    assert as_json([], "content") == "[]"
