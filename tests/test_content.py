"""The five articles are whole: what their briefs promise is there, and what may never stand there is not."""

import re

import pytest

from articles.documents import Article
from articles.library import load_library
from articles.plain_text import plain_text
from articles.rendering.sections import FAQ, KEY_POINTS, OTHER_OPTIONS, WORKSHEET
from tests.conftest import REAL_CONTENT

LIBRARY = load_library(REAL_CONTENT)
ARTICLES = list(LIBRARY.articles.values())
REQUIRED_BLOCKS = {
    "emergency", "off_label", "not_advice", "medicines_note", "adults_only", "pregnancy_note", "unknowns",
    "who_should_not", "warning_signs", "no_treatment", "other_options", "report_problem", "language_help",
}  # fmt: skip
EVERY_ARTICLE = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)


def section(article: Article, heading: str) -> str:
    """The Markdown under a second-level heading."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", article.body, re.MULTILINE | re.DOTALL)
    assert found, f"{article.slug} has no section “{heading}”"
    return found[1]


def words(text: str) -> int:
    return len(plain_text(text).split())


def prose(text: str) -> str:
    """The running text: no headings, no tables."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(("#", "|", "Table:")))


def test_there_are_five_articles_five_pages_and_nothing_is_wrong() -> None:
    assert (len(ARTICLES), len(LIBRARY.pages), LIBRARY.problems) == (5, 5, ())


@EVERY_ARTICLE
def test_its_text_has_800_to_1200_words(article: Article) -> None:
    assert 800 <= words(prose(article.body)) <= 1200


@EVERY_ARTICLE
def test_it_has_key_points_questions_worksheet_and_other_options_in_order(article: Article) -> None:
    assert 3 <= len(re.findall(r"^- ", section(article, KEY_POINTS), re.MULTILINE)) <= 5
    assert 5 <= len(re.findall(r"^### .+\?$", section(article, FAQ), re.MULTILINE)) <= 8
    assert 6 <= len(re.findall(r"^- ", section(article, WORKSHEET), re.MULTILINE)) <= 9
    places = [article.body.index(f"## {heading}") for heading in (KEY_POINTS, FAQ, WORKSHEET, OTHER_OPTIONS)]
    assert places == sorted(places)


@EVERY_ARTICLE
def test_it_carries_every_required_block(article: Article) -> None:
    assert set(article.blocks) >= REQUIRED_BLOCKS
    assert "risks" in article.blocks or "Side effects" in article.body


@EVERY_ARTICLE
def test_it_cites_every_source_it_lists_and_both_voices_on_crps(article: Article) -> None:
    cited = set(re.findall(r"@([\w-]+)", article.body))
    assert cited == set(article.sources)
    assert {"cohen2018", "ferraro2025"} <= cited


@EVERY_ARTICLE
def test_it_says_honestly_that_no_clinician_has_checked_it(article: Article) -> None:
    assert article.reviewer is None
    assert "software" in article.drafting
    assert "would be paid" in article.conflict


@EVERY_ARTICLE
def test_it_holds_no_dose_and_no_promise(article: Article) -> None:
    text = plain_text(article.body).lower()
    assert not re.search(r"\d\s*(mg|mcg|µg|ml|milligram|microgram)\b|per kilogram", text)
    assert not re.search(r"guarantee|miracle|breakthrough|pain-free|risk-free|life-changing|proven to work", text)


@EVERY_ARTICLE
def test_it_is_due_for_a_check_within_six_months(article: Article) -> None:
    assert (article.review_due - article.published).days <= 183


def test_tables_stand_where_the_briefs_have_them() -> None:
    tables = {article.slug: article.body.count("\nTable: ") for article in ARTICLES}
    assert tables == {
        "ketamine-and-chronic-pain-basics": 1,
        "weighing-ketamine-with-pain-medicine": 1,
        "ketamine-infusion-step-by-step": 1,
        "ketamine-for-pain-who-and-how": 2,
        "what-ketamine-pain-studies-show": 2,
    }


def test_no_two_articles_share_a_run_of_twelve_words() -> None:
    seen: dict[tuple[str, ...], str] = {}
    for article in ARTICLES:
        text = re.findall(r"[a-z0-9']+", plain_text(article.body).lower())
        for run in zip(*(text[n:] for n in range(12)), strict=False):
            assert seen.setdefault(run, article.slug) == article.slug, " ".join(run)
