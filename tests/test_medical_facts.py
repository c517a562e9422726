"""The pages say of trials, driving, creams and approvals what their sources say, and leave out no main result."""

import re

import pytest

from articles.documents import Article
from articles.library import load_library
from tests.conftest import REAL_CONTENT

LIBRARY = load_library(REAL_CONTENT)
ARTICLES = list(LIBRARY.articles.values())
EVERY_ARTICLE = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)


def passages(article: Article) -> list[str]:
    """Paragraphs, list items and rows of tables, each on one line."""
    pieces = re.split(r"\n\n|\n(?=(?:> )?(?:- |\|))", article.body)
    return [" ".join(piece.split()) for piece in pieces]


def citing(article: Article, key: str) -> list[str]:
    return [passage for passage in passages(article) if f"@{key}" in passage]


@pytest.mark.parametrize(
    "slug",
    ["ketamine-and-chronic-pain-basics", "ketamine-infusion-step-by-step", "weighing-ketamine-with-pain-medicine"],
)
def test_a_page_on_the_ride_home_says_not_to_drive_for_24_hours(slug: str) -> None:
    text = citing(LIBRARY.articles[slug], "mayo_ketamine")
    assert any("at least 24 hours" in passage for passage in text)


@EVERY_ARTICLE
def test_advice_on_driving_cites_the_patient_information_not_an_older_label(article: Article) -> None:
    advice = [passage for passage in passages(article) if "24 hours" in passage and "driv" in passage]
    assert all("@mayo_ketamine" in passage for passage in advice)
    assert "older label" not in article.body.lower()
