"""The rules over a whole library: which files are checked, and which are checked again."""

import datetime as dt
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest

from articles.content.rule_ids import BLOCK, WARN
from articles.content.source_events import SourceEvent
from articles.disk_cache import load_cached, save_cached
from articles.library import Library, load_library
from articles.rules.checks.duplicate_text import runs_of
from articles.rules.rulebook import Rulebook, load_rulebook, texts_of
from articles.rules.runner import LibraryResults, SavedRun, check_library
from tests.articles.rules.judged import TODAY
from tests.content_builders import make_article, make_content
from tests.shipped import REAL_CONTENT, shipped_library

BANNED = "## A walk\n\nIt is a miracle.\n"
SHARED = "## A walk\n\nA walk in the park may help a little when the sun is out and warm.\n"


@cache
def shipped_rulebook() -> Rulebook:
    return load_rulebook(REAL_CONTENT, shipped_library())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_content(tmp_path, good=make_article(), odd=make_article(BANNED))


def judged(root: Path, rulebook: Rulebook | None = None) -> list[str]:
    """Return “path rule” of each finding."""
    found = check_library(load_library(root), rulebook or shipped_rulebook(), TODAY).findings
    return [f"{finding.path} {finding.rule}" for finding in found]


def test_articles_pages_passages_and_terms_are_checked_in_their_files(root: Path) -> None:
    (root / "pages" / "about.md").write_text("---\ntitle: A\nsummary: B\nupdated: 2026-01-10\n---\nA miracle.\n")
    (root / "blocks" / "unknowns.md").write_text("A miracle.\n")
    glossary = root / "glossary.yaml"
    glossary.write_text(glossary.read_text().replace("Pain that lasts for more", "A miracle for more"))
    assert [line for line in judged(root) if line.endswith("A08")] == [
        "articles/odd.md A08",
        "blocks/unknowns.md A08",
        "glossary.yaml A08",
        "pages/about.md A08",
    ]


@pytest.mark.parametrize(("blocks", "found"), [("", []), ("blocks: [emergency]\n", ["pages/about.md A05"])])
def test_a_page_with_the_emergency_box_is_checked_as_a_health_text(root: Path, blocks: str, found: list[str]) -> None:
    text = f"---\ntitle: A\nsummary: B\nupdated: 2026-01-10\n{blocks}---\nPain fell in 12 people.\n"
    (root / "pages" / "about.md").write_text(text)
    assert [line for line in judged(root) if line.startswith("pages/about.md A05")] == found


def test_a_finding_in_the_glossary_names_the_line_of_the_text(root: Path) -> None:
    path = root / "glossary.yaml"
    text = path.read_text().replace("Pain that lasts for more", "A miracle for more").replace("long-term", "miracle")
    path.write_text(text.replace("High-impact", "Miracle"))
    rulebook = replace(shipped_rulebook(), texts={"glossary.yaml": texts_of(path.read_text())})
    found = check_library(load_library(root), rulebook, TODAY).findings
    assert [finding.line for finding in found if (finding.path, finding.rule) == ("glossary.yaml", "A08")] == [4, 5, 7]


@pytest.mark.parametrize(
    ("name", "old", "typed", "named"),
    [
        ("topics.yaml", "title: Sleep", "title: Sleep <b>", "<b>"),
        ("topics.yaml", "Nights and pain.", "Nights <!-- all? -->", "<!-- all? -->"),
        ("references.yaml", "Walking and backs", "Walking <i> and backs", "<i>"),
        ("references.yaml", '"Idle E"', '"Idle <br> E"', "<br>"),
        ("glossary.yaml", "High-impact chronic pain", "High-impact <em>", "<em>"),
        ("glossary.yaml", "long-term pain", "long <wbr>", "<wbr>"),
        ("clinic.yaml", "name: Lake Wren office", "name: Lake <u> Wren", "<u>"),
        ("clinic.yaml", "reason: Christmas Eve", "reason: <s> Eve", "<s>"),
    ],
)
def test_html_is_found_in_every_file_shown_on_pages(root: Path, name: str, old: str, typed: str, named: str) -> None:
    file = root / name
    file.write_text(file.read_text().replace(old, typed, 1))
    rulebook = replace(shipped_rulebook(), texts={name: texts_of(file.read_text())})
    line = file.read_text().partition(typed)[0].count("\n") + 1
    found = check_library(load_library(root), rulebook, TODAY).findings
    first = next(finding for finding in found if finding.rule == "A25")
    assert (first.path, first.line, first.level, named in first.sentence) == (name, line, BLOCK, True)


def test_a_file_with_a_load_problem_is_not_checked(root: Path) -> None:
    before = load_library(root)
    (root / "articles" / "odd.md").write_text(make_article(BANNED, colour="blue"))
    library = load_library(root, before)
    assert "articles/odd.md" in library.documents
    found = check_library(library, shipped_rulebook(), TODAY).findings
    assert not [finding for finding in found if finding.path == "articles/odd.md"]


def test_links_to_sources_and_old_addresses_are_resolved(root: Path) -> None:
    body = "## A\n\n[one](/articles/good/), [two](/topics/sleep/), [three](/about/), [four](/references/#unread)"
    (root / "articles" / "links.md").write_text(make_article(f"{body}, [five](/articles/strolling/).\n"))
    (root / "articles" / "good.md").write_text(make_article(aliases=["strolling"]))
    sentences = [
        finding.sentence
        for finding in check_library(load_library(root), shipped_rulebook(), TODAY).findings
        if finding.rule == "A27"
    ]
    assert sentences == ["/articles/strolling/ has moved."]


def test_duplicate_text_is_reported_in_both_articles(root: Path) -> None:
    for name in ("one", "two"):
        (root / "articles" / f"{name}.md").write_text(make_article(SHARED))
    assert [line for line in judged(root) if line.endswith("A30")] == ["articles/one.md A30", "articles/two.md A30"]


def test_an_event_reaches_the_pages_that_cite_its_source(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article("It may [@walking2020].", sources=["walking2020"]))
    event = SourceEvent("News", TODAY, ("walking2020",), cleared=False)
    assert "articles/good.md A31" in judged(root, replace(shipped_rulebook(), events=(event,)))


def test_an_event_with_an_unknown_source_is_reported_at_its_line(root: Path) -> None:
    events = (SourceEvent("News", TODAY, ("walking2020", "walkng2020"), cleared=False, line=4),)
    found = check_library(load_library(root), replace(shipped_rulebook(), events=events), TODAY).findings
    assert [str(finding) for finding in found if finding.path == "watch.yaml"] == [
        "watch.yaml:4: A31 block: “@walkng2020” is not in references.yaml. Correct the key."
    ]


def test_the_content_of_the_site_has_no_block_and_no_open_warning_in_articles() -> None:
    found = check_library(shipped_library(), shipped_rulebook(), dt.date(2026, 11, 21)).findings
    assert [str(finding) for finding in found if finding.level == BLOCK] == []
    assert [str(finding) for finding in found if finding.level == WARN and not finding.path.startswith("pages/")] == []


class Again:
    """Return the first run, and how many pages a second run checks again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.library: Library = load_library(root)
        self.first: LibraryResults = check_library(self.library, shipped_rulebook(), TODAY)

    def pages(self, rulebook: Rulebook | None = None, today: dt.date = TODAY) -> int:
        rulebook = rulebook or shipped_rulebook()
        library = load_library(self.root, self.library)
        with patch("articles.rules.runner.runs_of", wraps=runs_of) as counted:
            again = check_library(library, rulebook, today, self.first)
        assert again.findings == check_library(library, rulebook, today).findings
        return counted.call_count


def test_only_a_changed_page_is_checked_again(root: Path) -> None:
    again = Again(root)
    assert again.pages() == 0
    (root / "articles" / "good.md").write_text(make_article("## A walk\n\nIt is guaranteed.\n"))
    assert again.pages() == 1


def test_a_new_day_or_other_shared_files_or_lists_check_every_page_again(root: Path) -> None:
    again = Again(root)
    assert again.pages(today=TODAY + dt.timedelta(days=1)) == 2
    assert again.pages(replace(shipped_rulebook(), lists=replace(shipped_rulebook().lists, digest="other"))) == 2
    (root / "blocks" / "unknowns.md").write_text("Nobody knows.\n")
    assert again.pages() == 2


def test_saved_results_are_loaded_and_match_the_files(root: Path, tmp_path: Path) -> None:
    library = load_library(root)
    run = SavedRun(library, check_library(library, shipped_rulebook(), TODAY))
    save_cached(tmp_path / "cache", "key", run)
    saved = load_cached(tmp_path / "cache", "key", SavedRun)
    assert saved is not None
    again = load_library(root, saved.library)
    assert again.documents["articles/good.md"] is saved.library.documents["articles/good.md"]
    assert again.shared is saved.results.shared
