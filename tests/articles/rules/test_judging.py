"""The rules over a whole library: what is judged, and what is judged anew."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from articles.library import Library, load_library
from articles.rules.judging import Judgment, judge_library
from articles.rules.levels import BLOCK, WARN
from articles.rules.rulebook import Rulebook, load_rulebook, texts_of
from articles.rules.sharing import runs_of
from articles.rules.watch import Event
from tests.articles.rules.judged import TODAY
from tests.conftest import REAL_CONTENT
from tests.content_builders import make_article, make_content

RULEBOOK = load_rulebook(REAL_CONTENT)
BANNED = "## A walk\n\nIt is a miracle.\n"
SHARED = "## A walk\n\nA walk in the park may help a little when the sun is out and warm.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_content(tmp_path, good=make_article(), odd=make_article(BANNED))


def judged(root: Path, rulebook: Rulebook = RULEBOOK) -> list[str]:
    """“path rule” of everything that is said."""
    found = judge_library(load_library(root), rulebook, TODAY).findings
    return [f"{finding.path} {finding.rule}" for finding in found]


def test_articles_pages_shared_passages_and_terms_are_judged_in_their_files(root: Path) -> None:
    (root / "pages" / "about.md").write_text("---\ntitle: A\nsummary: B\nupdated: 2026-01-10\n---\nA miracle.\n")
    (root / "blocks" / "unknowns.md").write_text("A miracle.\n")
    glossary = root / "glossary.yaml"
    glossary.write_text(glossary.read_text().replace("Pain that lasts for more", "A miracle for more"))
    assert [each for each in judged(root) if each.endswith("A08")] == [
        "articles/odd.md A08",
        "blocks/unknowns.md A08",
        "glossary.yaml A08",
        "pages/about.md A08",
    ]


def test_a_finding_in_the_glossary_names_the_line_of_the_text(root: Path) -> None:
    path = root / "glossary.yaml"
    text = path.read_text().replace("Pain that lasts for more", "A miracle for more").replace("long-term", "miracle")
    path.write_text(text.replace("High-impact", "Miracle"))
    rulebook = replace(RULEBOOK, texts={"glossary.yaml": texts_of(path.read_text())})
    found = judge_library(load_library(root), rulebook, TODAY).findings
    assert [each.line for each in found if (each.path, each.rule) == ("glossary.yaml", "A08")] == [4, 5, 7]


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
def test_html_is_found_in_every_file_whose_texts_pages_show(
    root: Path, name: str, old: str, typed: str, named: str
) -> None:
    file = root / name
    file.write_text(file.read_text().replace(old, typed, 1))
    rulebook = replace(RULEBOOK, texts={name: texts_of(file.read_text())})
    line = file.read_text().partition(typed)[0].count("\n") + 1
    found = judge_library(load_library(root), rulebook, TODAY).findings
    first = next(each for each in found if each.rule == "A25")
    assert (first.path, first.line, first.level, named in first.sentence) == (name, line, BLOCK, True)


def test_a_file_with_a_problem_is_the_loaders_matter(root: Path) -> None:
    before = load_library(root)
    (root / "articles" / "odd.md").write_text(make_article(BANNED, colour="blue"))
    library = load_library(root, before)
    assert "articles/odd.md" in library.documents
    assert not [each for each in judge_library(library, RULEBOOK, TODAY).findings if each.path == "articles/odd.md"]


def test_links_sources_and_old_addresses_are_known(root: Path) -> None:
    body = "## A\n\n[one](/articles/good/), [two](/topics/sleep/), [three](/about/), [four](/references/#unread)"
    (root / "articles" / "links.md").write_text(make_article(f"{body}, [five](/articles/strolling/).\n"))
    (root / "articles" / "good.md").write_text(make_article(aliases=["strolling"]))
    said = [each.sentence for each in judge_library(load_library(root), RULEBOOK, TODAY).findings if each.rule == "A27"]
    assert said == ["/articles/strolling/ has moved."]


def test_two_articles_with_the_same_words_are_both_told(root: Path) -> None:
    for name in ("one", "two"):
        (root / "articles" / f"{name}.md").write_text(make_article(SHARED))
    assert [each for each in judged(root) if each.endswith("A30")] == ["articles/one.md A30", "articles/two.md A30"]


def test_an_event_reaches_the_pages_that_cite_its_source(root: Path) -> None:
    (root / "articles" / "good.md").write_text(make_article("It may [@walking2020].", sources=["walking2020"]))
    event = Event("News", TODAY, ("walking2020",), cleared=False)
    assert "articles/good.md A31" in judged(root, replace(RULEBOOK, events=(event,)))


def test_an_event_with_a_key_that_no_source_has_is_told_at_its_line(root: Path) -> None:
    events = (Event("News", TODAY, ("walking2020", "walkng2020"), cleared=False, line=4),)
    found = judge_library(load_library(root), replace(RULEBOOK, events=events), TODAY).findings
    assert [str(each) for each in found if each.path == "watch.yaml"] == [
        "watch.yaml:4: A31 block: “@walkng2020” is not in references.yaml. Correct the key."
    ]


def test_the_sites_own_content_has_no_block_and_the_articles_no_open_warning() -> None:
    found = judge_library(load_library(REAL_CONTENT), RULEBOOK, dt.date(2026, 11, 21)).findings
    assert [str(each) for each in found if each.level == BLOCK] == []
    assert [str(each) for each in found if each.level == WARN and not each.path.startswith("pages/")] == []


class Again:
    """A first judgment, and how many pages a second one judges anew."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.library: Library = load_library(root)
        self.first: Judgment = judge_library(self.library, RULEBOOK, TODAY)

    def pages(self, rulebook: Rulebook = RULEBOOK, today: dt.date = TODAY) -> int:
        library = load_library(self.root, self.library)
        with patch("articles.rules.judging.runs_of", wraps=runs_of) as counted:
            again = judge_library(library, rulebook, today, self.first)
        assert again.findings == judge_library(library, rulebook, today).findings
        return counted.call_count


def test_only_the_page_that_changed_is_judged_anew(root: Path) -> None:
    again = Again(root)
    assert again.pages() == 0
    (root / "articles" / "good.md").write_text(make_article("## A walk\n\nIt is guaranteed.\n"))
    assert again.pages() == 1


def test_another_day_other_lists_or_other_shared_files_judge_every_page_anew(root: Path) -> None:
    again = Again(root)
    assert again.pages(today=TODAY + dt.timedelta(days=1)) == 2
    assert again.pages(replace(RULEBOOK, lists=replace(RULEBOOK.lists, digest="other"))) == 2
    (root / "blocks" / "unknowns.md").write_text("Nobody knows.\n")
    assert again.pages() == 2
