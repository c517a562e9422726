"""Checks the content folder: what keeps a file from loading, and the rules A01 to A33. Exits 1 when a block is open."""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.content.rule_ids import ACCEPTED, BLOCK, HINT, WARN
from articles.disk_cache import cache_key, load_cached, save_cached
from articles.library import Library, load_library
from articles.rules.link_checker import check_outside, find_outside, open_page
from articles.rules.registry import Finding, blocks
from articles.rules.rulebook import load_rulebook
from articles.rules.runner import CACHE, SavedRun, check_library
from clinic_site.content.files import ContentError, Problem
from clinic_site.var_folder import VAR_FOLDER

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


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("paths", metavar="PATH", nargs="*", help="report only these files and folders")
        parser.add_argument("--format", choices=FORMATS, default="text")
        parser.add_argument("--hints", action="store_true", help="print hints too, which ask for nothing")
        parser.add_argument("--links", action="store_true", help="ask whether outside pages answer; uses the network")

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.CONTENT_DIR)
        wanted = [_below(root, path) for path in options["paths"]]
        library, everything = _check(root)
        findings = [finding for finding in everything if _is_wanted(finding.path, wanted)]
        if options["links"] and library:
            paths = [path for path in library.documents if _is_wanted(path, wanted)]
            findings += check_outside(find_outside(library, paths), open_page)
        shown = [finding for finding in findings if options["hints"] or finding.level != HINT]
        printed = FORMATS[options["format"]](shown, root.name)
        if printed:
            self.stdout.write(printed)
        open_blocks = blocks(findings)
        if open_blocks:
            raise CommandError(f"{open_blocks} to mend.")
        if options["format"] == "text" and library:
            self.stdout.write(_summary(findings, library))


def _check(root: Path) -> tuple[Library | None, list[Finding]]:
    """Return the library, or None if the clinic's facts are invalid, and all findings."""
    file, key = VAR_FOLDER / CACHE, cache_key(root)
    saved = load_cached(file, key, SavedRun)
    library = None
    try:
        library = load_library(root, saved.library if saved else None)
        rulebook = load_rulebook(root, library)
    except ContentError as error:
        problems = {error.problem, *(library.problems if library else ())}
        return library, sorted(map(_as_finding, problems))
    today = library.shared.clinic.today(timezone.now())
    results = check_library(library, rulebook, today, saved.results if saved else None)
    save_cached(file, key, SavedRun(library, results))
    return library, sorted([*map(_as_finding, library.problems), *results.findings])


def _as_finding(problem: Problem) -> Finding:
    return Finding(problem.path, problem.line, "", BLOCK, problem.message, "")


def _below(root: Path, typed: str) -> str:
    """Return the path relative to the content folder. Raises CommandError if there is no such file."""
    for path in (Path(typed), root / typed, root.parent / typed):
        if path.exists() and path.resolve().is_relative_to(root.resolve()):
            return path.resolve().relative_to(root.resolve()).as_posix()
    raise CommandError(f"There is no “{typed}” in {root.name}/.")


def _is_wanted(path: str, wanted: list[str]) -> bool:
    return not wanted or any(prefix == "." or path == prefix or path.startswith(f"{prefix}/") for prefix in wanted)


def _summary(findings: list[Finding], library: Library) -> str:
    warnings, hints, accepted = (sum(found.level == level for found in findings) for level in (WARN, HINT, ACCEPTED))
    order = "The content is in order" if not warnings else f"{warnings} warnings to answer or mend"
    parts = [f"{order}: {len(library.articles)} articles, {len(library.pages)} pages"]
    parts += [f"{accepted} warnings accepted"] if accepted else []
    parts += [f"{hints} hints (--hints shows them)"] if hints else []
    return ", ".join(parts) + "."
