"""The five articles are complete: they have what their briefs promise, and nothing forbidden."""

import re

from articles.content.documents import Article
from articles.rendering.extensions.headings import heading_id
from articles.rendering.plain_text import plain_text
from articles.rendering.sections import FAQ, KEY_POINTS, OTHER_OPTIONS, WORKSHEET
from articles.rendering.signed_text import valid_signature
from tests.shipped import EVERY_ARTICLE, shipped_library

REQUIRED_BLOCKS = {
    "off_label", "not_advice", "medicines_note", "adults_only", "pregnancy_note", "unknowns",
    "who_should_not", "warning_signs", "no_treatment", "other_options", "more_help", "report_problem", "language_help",
}  # fmt: skip


def section(article: Article, heading: str) -> str:
    """Return the Markdown under a second-level heading."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", article.body, re.MULTILINE | re.DOTALL)
    assert found, f"{article.slug} has no section “{heading}”"
    return found[1]


def words(text: str) -> int:
    return len(plain_text(text).split())


def prose(text: str) -> str:
    """Return the text without headings, tables and figures."""
    text = re.sub(r"^```figure\n.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return "\n".join(line for line in text.split("\n") if not line.startswith(("#", "|", "Table:")))


def test_there_are_five_articles_and_pages_without_problems() -> None:
    assert (len(shipped_library().articles), len(shipped_library().pages), shipped_library().problems) == (5, 8, ())


@EVERY_ARTICLE
def test_an_article_has_at_most_900_words_of_its_own(article: Article) -> None:
    """Count key points and the questions for a visit too: about 150 words. Shared passages are not counted."""
    assert 600 <= words(prose(article.body)) <= 900


@EVERY_ARTICLE
def test_an_article_has_its_fixed_sections_in_order(article: Article) -> None:
    assert 3 <= len(re.findall(r"^- ", section(article, KEY_POINTS), re.MULTILINE)) <= 5
    assert 2 <= len(re.findall(r"^### .+\?$", section(article, FAQ), re.MULTILINE)) <= 8
    assert 6 <= len(re.findall(r"^- ", section(article, WORKSHEET), re.MULTILINE)) <= 9
    places = [article.body.index(f"## {heading}") for heading in (KEY_POINTS, FAQ, WORKSHEET, OTHER_OPTIONS)]
    assert places == sorted(places)


@EVERY_ARTICLE
def test_an_article_says_on_top_what_it_covers_and_what_it_leaves_out(article: Article) -> None:
    scope = " ".join(section(article, KEY_POINTS).split()).partition(" - ")[0]
    assert scope.startswith("**This page covers** ")
    assert " It leaves out " in scope


@EVERY_ARTICLE
def test_an_article_has_every_required_block(article: Article) -> None:
    assert set(article.blocks) >= REQUIRED_BLOCKS
    assert "risks" in article.blocks or "Side effects" in article.body


@EVERY_ARTICLE
def test_an_article_cites_its_listed_sources_and_both_reviews_on_crps(article: Article) -> None:
    cited = set(re.findall(r"@([\w-]+)", article.body))
    assert cited == set(article.sources)
    assert {"cohen2018", "ferraro2025"} <= cited


@EVERY_ARTICLE
def test_an_article_says_that_no_clinician_has_checked_it(article: Article) -> None:
    assert valid_signature(article) is None
    assert "software" in article.drafting
    assert article.conflict == "We may sell ketamine infusions."


@EVERY_ARTICLE
def test_an_article_has_no_dose_and_no_promise(article: Article) -> None:
    text = plain_text(article.body).lower()
    assert not re.search(r"\d\s*(mg|mcg|µg|ml|milligram|microgram)\b|per kilogram", text)
    assert not re.search(r"guarantee|miracle|breakthrough|pain-free|risk-free|life-changing|proven to work", text)


@EVERY_ARTICLE
def test_an_article_is_due_for_a_check_within_six_months(article: Article) -> None:
    assert (article.review_due - max(article.published, article.updated)).days <= 184


def test_tables_are_in_the_articles_of_the_briefs() -> None:
    tables = {article.slug: article.body.count("\nTable: ") for article in shipped_library().articles.values()}
    assert tables == {
        "ketamine-and-chronic-pain-basics": 0,
        "weighing-ketamine-with-pain-medicine": 1,
        "ketamine-infusion-step-by-step": 0,
        "ketamine-for-pain-who-and-how": 1,
        "what-ketamine-pain-studies-show": 1,
    }


def test_no_two_articles_share_twelve_words_in_a_row() -> None:
    articles_by_run: dict[tuple[str, ...], str] = {}
    for article in shipped_library().articles.values():
        text = re.findall(r"[a-z0-9']+", plain_text(article.body).lower())
        for run in zip(*(text[n:] for n in range(12)), strict=False):
            assert articles_by_run.setdefault(run, article.slug) == article.slug, " ".join(run)


def test_each_claim_stands_under_its_verdict_on_top() -> None:
    body = shipped_library().pages["claims-you-may-read"].body
    glance = " ".join(body.partition("## The verdicts at a glance")[2].partition("\n## ")[0].split())
    claims = dict(re.findall(r"^### (.+\?)$\n\n\*\*(.+?)\*\*", body, re.MULTILINE))
    assert len(claims) == body.count("\n### ") == glance.count("](#")
    for claim, verdict in claims.items():
        group = glance.partition(f"](#{heading_id(claim)})")[0].rpartition("- **")[2].partition("**")[0]
        found = re.search("wrong|unsupported|imprecise|promotional|balance|warning", verdict.lower())
        assert found, claim
        assert found[0] in group.lower(), claim
