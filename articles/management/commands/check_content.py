"""Checks the content folder: what keeps a file from loading, and the rules A01 to A31. Exits 1 when a block is open."""

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.library import Library, load_library
from articles.rules.judging import judge_library
from articles.rules.keeping import CACHE, Kept, keep, recall
from articles.rules.levels import ACCEPTED, BLOCK, WARN
from articles.rules.outside import check_outside, find_outside, open_page
from articles.rules.registry import Finding, blocks
from articles.rules.report import FORMATS
from articles.rules.rulebook import load_rulebook
from clinic_site.content_files import ContentError, Problem
from clinic_site.demo import VAR_FOLDER


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("paths", metavar="PATH", nargs="*", help="report only these files and folders")
        parser.add_argument("--format", choices=FORMATS, default="text")
        parser.add_argument("--links", action="store_true", help="ask whether outside pages answer; uses the network")

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.CONTENT_DIR)
        wanted = [_below(root, path) for path in options["paths"]]
        library, everything = _check(root)
        findings = [each for each in everything if _is_wanted(each.path, wanted)]
        if options["links"] and library:
            paths = [path for path in library.documents if _is_wanted(path, wanted)]
            findings += check_outside(find_outside(library, paths), open_page)
        self._tell(findings, root, options["format"], library)

    def _tell(self, findings: list[Finding], root: Path, shape: str, library: Library | None) -> None:
        """Prints the findings, and for people a line that counts them. Raises CommandError when there is a block."""
        told = FORMATS[shape](findings, root.name)
        if told:
            self.stdout.write(told)
        open_blocks = blocks(findings)
        if open_blocks:
            raise CommandError(f"{open_blocks} to mend.")
        if shape == "text" and library:
            self.stdout.write(_counted(findings, library))


def _check(root: Path) -> tuple[Library | None, list[Finding]]:
    """The library, unless the clinic's facts are wrong, and every finding about it."""
    file = VAR_FOLDER / CACHE
    kept = recall(file, root)
    library = None
    try:
        library = load_library(root, kept.library if kept else None)
        rulebook = load_rulebook(root)
    except ContentError as error:
        problems = {error.problem, *(library.problems if library else ())}
        return library, sorted(map(_as_finding, problems))
    today = library.shared.clinic.local(timezone.now()).date()
    judgment = judge_library(library, rulebook, today, kept.judgment if kept else None)
    keep(file, root, Kept(library, judgment))
    return library, sorted([*map(_as_finding, library.problems), *judgment.findings])


def _as_finding(problem: Problem) -> Finding:
    return Finding(problem.path, problem.line, "", BLOCK, problem.message, "")


def _below(root: Path, typed: str) -> str:
    """The path below the content folder. Raises CommandError for one that is not there."""
    for path in (Path(typed), root / typed, root.parent / typed):
        if path.exists() and path.resolve().is_relative_to(root.resolve()):
            return path.resolve().relative_to(root.resolve()).as_posix()
    raise CommandError(f"There is no “{typed}” in {root.name}/.")


def _is_wanted(path: str, wanted: list[str]) -> bool:
    return not wanted or any(each == "." or path == each or path.startswith(f"{each}/") for each in wanted)


def _counted(findings: list[Finding], library: Library) -> str:
    warnings, accepted = (sum(each.level == level for each in findings) for level in (WARN, ACCEPTED))
    order = "The content is in order" if not warnings else f"{warnings} warnings to answer or mend"
    told = f"{order}: {len(library.articles)} articles, {len(library.pages)} pages"
    return f"{told}, {accepted} warnings accepted." if accepted else f"{told}."
