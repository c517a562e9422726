"""The pages say of trials, driving, creams and approvals what their sources say, and leave out no main result."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings

from articles.documents import Article
from articles.library import load_library
from articles.search import search
from articles.search_index import SearchIndex
from tests.conftest import REAL_CONTENT

LIBRARY = load_library(REAL_CONTENT)
ARTICLES = list(LIBRARY.articles.values())
TODAY = dt.datetime(2026, 11, 30, 15, 0, tzinfo=dt.UTC)
EVERY_ARTICLE = pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)
TEXTS = [*REAL_CONTENT.rglob("*.md"), *(Path(settings.BASE_DIR) / "templates").rglob("*.html")]


def passages(article: Article) -> list[str]:
    """Paragraphs, list items and rows of tables, each on one line."""
    pieces = re.split(r"\n\n|\n(?=(?:> )?(?:- |\|))", article.body)
    return [" ".join(piece.split()) for piece in pieces]


def citing(article: Article, key: str) -> list[str]:
    return [passage for passage in passages(article) if f"@{key}" in passage]


@EVERY_ARTICLE
def test_it_gives_the_main_result_of_the_crps_trial_beside_its_limits(article: Article) -> None:
    text = " ".join(citing(article, "sigtermans2009"))
    assert re.search(r"(?:lower|less pain)[^.|]* 12 weeks|12 weeks[^.|]* lower", text)
    assert re.search(r"week 12[^.|]* chance|last week[^.|]* chance|chance by week 12", text)
    assert re.search(r"could (?:not do|do no) more|function did not improve", text)


@EVERY_ARTICLE
def test_both_arms_of_a_comparison_have_the_same_denominator(article: Article) -> None:
    for passage in passages(article):
        if "placebo" in passage:
            assert len(set(re.findall(r"\b\d+ (?:in|of every) (\d+)\b", passage))) <= 1, passage


@EVERY_ARTICLE
def test_effects_on_the_mind_come_with_how_strong_they_were(article: Article) -> None:
    assert all("mild to moderate" in passage for passage in citing(article, "sigtermans2009") if "of every" in passage)


@EVERY_ARTICLE
def test_a_pooled_gain_in_points_comes_with_the_lowest_scores_it_rests_on(article: Article) -> None:
    assert all("lowest score" in passage for passage in citing(article, "orhurhu2019") if "points" in passage)


def test_how_long_relief_lasts_depends_on_how_the_drug_was_given() -> None:
    research = LIBRARY.articles["what-ketamine-pain-studies-show"]
    answer = next(passage for passage in passages(research) if "up to about two weeks" in passage)
    assert all(f"@{key}" in answer for key in ("orhurhu2019", "sigtermans2009", "noppers2011fibro", "pickering2020"))


@pytest.mark.parametrize("number", ["51%", "51 of", "19 of 100", "press 2", "oprima 2", "AYUDA", "press 3"])
def test_an_unverified_figure_is_printed_nowhere(number: str) -> None:
    assert [path.name for path in TEXTS if number in path.read_text()] == []


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


@EVERY_ARTICLE
def test_the_trial_of_three_creams_is_not_reported_as_one_of_ketamine(article: Article) -> None:
    text = citing(article, "brutcher2019")
    assert all("three mixed creams" in passage and re.search("[Tt]wo of", passage) for passage in text)


def test_the_canadian_update_has_its_own_year_and_title() -> None:
    source = LIBRARY.shared.sources["cadth2024"]
    assert (source.year, source.url) == ("2023", "https://doi.org/10.51731/cjht.2023.809")
    text = " ".join(citing(LIBRARY.articles["ketamine-for-pain-who-and-how"], "cadth2024"))
    assert "2023 update" in text
    assert "2024" not in text.replace("cadth2024", "")


@pytest.mark.parametrize(
    "typed", ["ketarx", "FDA approved ketamine for pain 2025", "ketamine approved for surgical pain"]
)
def test_the_news_of_an_approval_is_answered_where_readers_look(typed: str) -> None:
    results = search(typed, SearchIndex(LIBRARY), TODAY).results
    assert "ketamine-and-chronic-pain-basics" in [result.document.slug for result in results][:2]


def test_the_news_of_an_approval_is_reported_as_news_of_a_generic() -> None:
    assert LIBRARY.shared.sources["ketarx2025"].kind == "news report"
    basics = LIBRARY.articles["ketamine-and-chronic-pain-basics"]
    text = next(passage for passage in citing(basics, "ketarx2025") if "KETARx" in passage)
    assert all(phrase in text for phrase in ("generic", "News reports", "not approved for chronic pain"))
