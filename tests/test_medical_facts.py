"""The pages report trials, driving, creams and approvals as their sources do, with every main result."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings

from articles.content.documents import Article, Document
from articles.rendering.blocks import whole_text
from articles.rendering.certainty import NOT_GRADED
from articles.rendering.figures.fences import find_fences
from articles.rendering.figures.model import Figure, Intervals, People, parse_figure
from articles.search import search
from tests.shipped import EVERY_ARTICLE, REAL_CONTENT, shipped_index, shipped_library

TODAY = dt.datetime(2026, 11, 30, 15, 0, tzinfo=dt.UTC)
TEXTS = [*REAL_CONTENT.rglob("*.md"), *(Path(settings.BASE_DIR) / "templates").rglob("*.html")]


def passages(article: Article) -> list[str]:
    """Return paragraphs, list items and rows of tables, each on one line."""
    pieces = re.split(r"\n\n|\n(?=(?:> )?(?:- |\|))", article.body)
    return [" ".join(piece.split()) for piece in pieces]


def citing(article: Article, key: str) -> list[str]:
    return [passage for passage in passages(article) if f"@{key}" in passage]


@EVERY_ARTICLE
def test_the_main_result_of_the_crps_trial_comes_with_its_limits(article: Article) -> None:
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
def test_effects_on_the_mind_come_with_their_strength(article: Article) -> None:
    assert all("mild to moderate" in passage for passage in citing(article, "sigtermans2009") if "of every" in passage)


@EVERY_ARTICLE
def test_a_pooled_gain_comes_with_the_lowest_scores_it_rests_on(article: Article) -> None:
    assert all("lowest score" in passage for passage in citing(article, "orhurhu2019") if "points" in passage)


def test_the_duration_of_relief_is_given_by_route() -> None:
    research = shipped_library().articles["what-ketamine-pain-studies-show"]
    answer = next(passage for passage in passages(research) if "up to about two weeks" in passage)
    assert all(f"@{key}" in answer for key in ("orhurhu2019", "sigtermans2009", "noppers2011fibro", "pickering2020"))


@pytest.mark.parametrize("number", ["51%", "51 of", "19 of 100", "press 2", "oprima 2", "AYUDA", "press 3"])
def test_unverified_figures_are_not_printed(number: str) -> None:
    assert [path.name for path in TEXTS if number in path.read_text()] == []


@pytest.mark.parametrize(
    "slug",
    ["ketamine-and-chronic-pain-basics", "ketamine-infusion-step-by-step", "weighing-ketamine-with-pain-medicine"],
)
def test_pages_on_the_ride_home_forbid_driving_for_24_hours(slug: str) -> None:
    text = citing(shipped_library().articles[slug], "mayo_ketamine")
    assert any("at least 24 hours" in passage for passage in text)


@EVERY_ARTICLE
def test_advice_on_driving_cites_the_patient_information(article: Article) -> None:
    advice = [passage for passage in passages(article) if "24 hours" in passage and "driv" in passage]
    assert all("@mayo_ketamine" in passage for passage in advice)
    assert "older label" not in article.body.lower()


@EVERY_ARTICLE
def test_the_trial_of_three_creams_is_not_reported_as_a_trial_of_ketamine(article: Article) -> None:
    text = citing(article, "brutcher2019")
    assert all("three mixed creams" in passage and re.search("[Tt]wo of", passage) for passage in text)


def test_the_canadian_update_has_its_own_year_and_title() -> None:
    source = shipped_library().shared.sources["cadth2024"]
    assert (source.year, source.url) == ("2023", "https://doi.org/10.51731/cjht.2023.809")
    text = " ".join(citing(shipped_library().articles["ketamine-for-pain-who-and-how"], "cadth2024"))
    assert "2023 update" in text
    assert "2024" not in text.replace("cadth2024", "")


@pytest.mark.parametrize(
    "typed", ["ketarx", "FDA approved ketamine for pain 2025", "ketamine approved for surgical pain"]
)
def test_a_search_for_the_approval_finds_the_article_that_answers_it(typed: str) -> None:
    results = search(typed, shipped_index(), TODAY).results
    assert "ketamine-and-chronic-pain-basics" in [result.document.slug for result in results][:2]


def test_the_approval_is_reported_as_news_of_a_generic() -> None:
    assert shipped_library().shared.sources["ketarx2025"].kind == "news report"
    basics = shipped_library().articles["ketamine-and-chronic-pain-basics"]
    text = next(passage for passage in citing(basics, "ketarx2025") if "KETARx" in passage)
    assert all(phrase in text for phrase in ("generic", "News reports", "not approved for chronic pain"))


def figures(document: Document) -> list[Figure]:
    return [parse_figure(document.path, fence.text, 1) for fence in find_fences(document.body)]


def test_figures_show_the_numbers_of_their_sources() -> None:
    people = {
        (key, *((arm.count, arm.of) for arm in figure.arms))
        for document in shipped_library().documents.values()
        for figure in figures(document)
        if isinstance(figure, People)
        for key in re.findall(r"@([\w-]+)", figure.source)
    }
    assert people == {
        ("sigtermans2009", (76, 100), (18, 100)),
        ("pickering2020", (4, 20), (7, 20), (2, 20)),
    }
    estimates = [
        (figure.source.split("[@")[1][:11], str(row.value), str(row.low), str(row.high))
        for document in shipped_library().documents.values()
        for figure in figures(document)
        if isinstance(figure, Intervals)
        for row in figure.rows
    ]
    assert estimates == [("orhurhu2019", "-1.8", "-2.4", "-1.3")]


def test_no_figure_of_an_article_has_a_grade_that_its_source_does_not_give() -> None:
    grades = [
        figure.certainty
        for article in shipped_library().articles.values()
        for figure in figures(article)
        if isinstance(figure, People | Intervals)
    ]
    assert set(grades) == {NOT_GRADED}


def test_the_early_effect_of_the_newest_review_comes_with_its_doubt() -> None:
    text = " ".join(citing(shipped_library().articles["what-ketamine-pain-studies-show"], "ferraro2025"))
    assert "takes in no difference" in text
    assert "{certainty: very low}" in text


@EVERY_ARTICLE
def test_no_figure_shows_responders_or_scores_of_week_12(article: Article) -> None:
    drawn = [part for figure in figures(article) if isinstance(figure, People | Intervals) for part in figure.texts]
    assert not any(re.search(r"respon(?:d|se)|week 12", text) for _, text in drawn)


def test_people_on_opioids_read_about_naloxone_on_every_page() -> None:
    note = shipped_library().shared.blocks["medicines_note"].text
    assert all("medicines_note" in article.blocks for article in shipped_library().articles.values())
    assert re.search(r"If you take an opioid, ask about naloxone[^.]*@cdc_opioid2022", note)
    weighing = " ".join(citing(shipped_library().articles["weighing-ketamine-with-pain-medicine"], "cdc_opioid2022"))
    assert "Naloxone can reverse an opioid overdose" in weighing
    assert "does not cover sickle cell, cancer, palliative or end-of-life pain" in weighing


@pytest.mark.parametrize("slug", ["ketamine-for-pain-who-and-how", "what-ketamine-pain-studies-show"])
def test_the_newest_review_is_not_reported_as_67_trials_of_ketamine(slug: str) -> None:
    text = citing(shipped_library().articles[slug], "ferraro2025")
    assert all("39 of them" in passage for passage in text if "67 trials" in passage)
    assert any("in any one condition" in passage for passage in text)


@EVERY_ARTICLE
def test_a_ratio_of_side_effects_comes_with_its_range(article: Article) -> None:
    assert all("10 times" in passage for passage in citing(article, "ferraro2025") if "3 times as likely" in passage)


@EVERY_ARTICLE
def test_gains_of_other_care_are_reported_as_mostly_small(article: Article) -> None:
    assert "mostly by a little" in shipped_library().shared.blocks["other_options"].text
    assert all("mostly" in passage for passage in citing(article, "skelly2020"))
    assert "small to moderate" not in whole_text(article)


@EVERY_ARTICLE
def test_no_article_rests_on_results_that_nobody_has_seen(article: Article) -> None:
    assert {"avidan2017", "brandow2020", "anzca_ps12"}.isdisjoint(article.sources)


@pytest.mark.parametrize(
    "slug",
    ["benzodiazepine", "clinical-trial", "compounding-pharmacy", "meta-analysis", "naloxone", "outsourcing-facility"],
)
def test_a_word_with_a_meaning_of_its_own_is_no_other_name_of_another(slug: str) -> None:
    terms = shipped_library().shared.terms
    name = terms[slug].name.lower()
    assert [other.slug for other in terms.values() if name in map(str.lower, other.aliases)] == []
