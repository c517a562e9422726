"""Search in the words of patients."""

import datetime as dt
from pathlib import Path

import pytest

from articles.library import get_library, load_library
from articles.rendering.plain_text import headings, plain_text
from articles.search import MOST_RESULTS, Answer, get_index
from articles.search import search as search_at
from articles.search_index import SearchIndex
from tests.content_builders import make_article, make_content
from tests.shipped import shipped_index

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    root = make_content(
        tmp_path,
        walking=make_article(
            body="## How far\n\nWalkers who walked a little felt better. See the **risks** of blisters.\n"
        ),
        sleeping=make_article(title="Sleeping well", body="## Pillows\n\nA pillow may help long-term pain at night.\n"),
        hidden=make_article(title="A secret pillow", status="draft"),
    )
    return SearchIndex(load_library(root))


def search(typed: str, index: SearchIndex) -> Answer:
    return search_at(typed, index, NOW)


@pytest.fixture(scope="module")
def shipped() -> SearchIndex:
    """The real articles."""
    return shipped_index()


def found(answer: Answer) -> list[str]:
    return [result.document.slug for result in answer.results]


def test_inflected_forms_match(index: SearchIndex) -> None:
    assert found(search("walk", index))[0] == "walking"
    assert found(search("walker's", index))[0] == "walking"


def test_the_excerpt_marks_matches(index: SearchIndex) -> None:
    passage = search("blisters", index).results[0].passages[0].text
    assert [text for text, match in passage if match] == ["blisters"]
    assert "See the risks of " in "".join(text for text, match in passage if not match)


def test_a_typo_is_corrected_and_the_correction_shown(index: SearchIndex) -> None:
    answer = search("pilow", index)
    assert answer.corrections == (("pilow", "pillow"),)
    assert "sleeping" in found(answer)


@pytest.fixture
def beginnings(tmp_path: Path) -> SearchIndex:
    root = make_content(
        tmp_path,
        long=make_article(title="Living with fibromyalgia", body="Fibromyalgia, and infusions of neuroleptics.\n"),
        short=make_article(title="A neuro-test", body="Of the car, and of fibers.\n"),
        care=make_article(title="Take care", body="A carefully made page on neuropathy.\n"),
    )
    return SearchIndex(load_library(root))


@pytest.mark.parametrize(
    "typed",
    ["fibro", "FIBROMY", "fibromyalgi", "infusi", "living fibro", "ｆｉｂｒｏ", "fi\u00adbro", "fi\u200bbro\ufeff"],
)
def test_a_prefix_finds_the_word(beginnings: SearchIndex, typed: str) -> None:
    answer = search(typed, beginnings)
    assert found(answer)[0] == "long"
    assert answer.corrections == ()
    marked = {text.lower() for text, match in answer.results[0].passages[0].text if match}
    assert marked & {"fibromyalgia", "infusions"}


def test_an_exact_match_comes_before_prefix_matches(beginnings: SearchIndex) -> None:
    answer = search("neuro", beginnings)
    assert found(answer)[0] == "short"
    assert set(found(answer)) == {"short", "long", "care"}
    assert {text for result in answer.results for text, match in result.passages[0].text if match} == {
        "neuroleptics",
        "neuropathy",
    }


@pytest.mark.parametrize("typed", ["car", "fi", "zz"])
def test_a_short_word_is_not_a_prefix(beginnings: SearchIndex, typed: str) -> None:
    assert not {"care", "long"} & set(found(search(typed, beginnings)))


def test_a_prefix_expands_to_a_few_words_only(tmp_path: Path) -> None:
    longer = " ".join(f"begin{'x' * number}" for number in range(1, 30))
    root = make_content(tmp_path, many=make_article(body=f"{longer}.\n"))
    [result, *_] = search("beg", SearchIndex(load_library(root))).results
    assert result.document.slug == "many"
    assert len([text for text, match in result.passages[0].text if match]) <= 10


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("fibro\u00admyalgia", "fibromyalgia"),
        ("fibro&shy;myalgia", "fibromyalgia"),
        ("fibro\u200bmyalgia", "fibromyalgia"),
        ("ｆｉｂｒｏｍｙａｌｇｉａ", "fibromyalgia"),
        ("\ufb01bromyalgia", "fibromyalgia"),
        ("cafe\u0301", "café"),
        ("café", "cafe\u0301"),
        ("café", "CAFE"),
        ("Nguyễn", "nguyen"),
        ("m\u0302oment", "m\u0302oment"),
    ],
)
def test_text_is_found_in_any_spelling_of_its_letters(tmp_path: Path, written: str, typed: str) -> None:
    root = make_content(tmp_path, one=make_article(body=f"This is {written} here.\n"), two=make_article())
    answer = search(typed, SearchIndex(load_library(root)))
    assert found(answer) == ["one"]
    assert answer.corrections == ()
    assert len([text for text, match in answer.results[0].passages[0].text if match]) == 1


def test_an_unknown_word_is_not_corrected(index: SearchIndex) -> None:
    answer = search("zzzzzz", index)
    assert (answer.corrections, answer.results) == ((), ())


def test_synonyms_of_patients_are_found(index: SearchIndex) -> None:
    assert found(search("stroll", index))[0] == "walking"


def test_every_synonym_of_a_term_finds_the_page(index: SearchIndex) -> None:
    answer = search("chronic pain", index)
    assert "sleeping" in found(answer)
    assert answer.term is not None
    assert answer.term.slug == "chronic-pain"


def test_stop_words_are_ignored_if_other_words_remain(index: SearchIndex) -> None:
    assert found(search("is it the pillow", index)) == found(search("pillow", index))
    assert search("is it", index).query == "is it"


def test_pages_with_all_words_come_first(tmp_path: Path) -> None:
    root = make_content(
        tmp_path,
        one=make_article(title="Pillow pillow pillow", body="Pillow.\n"),
        both=make_article(body="A long text in which a pillow and some blisters stand far apart from all the rest.\n"),
    )
    assert found(search("pillow blisters", SearchIndex(load_library(root)))) == ["both", "one"]


def test_articles_come_before_plain_pages(index: SearchIndex) -> None:
    slugs = found(search("clinician walk marigold", index))
    assert slugs.index("walking") < slugs.index("about")


def test_the_text_of_shared_passages_is_found(tmp_path: Path) -> None:
    root = make_content(tmp_path, walk=make_article(blocks=["emergency"]))
    assert found(search("breathing", SearchIndex(load_library(root)))) == ["walk"]


def test_crisis_words_bring_up_help(index: SearchIndex) -> None:
    assert search("OVERDOSE", index).crisis
    assert not search("pillow", index).crisis


@pytest.mark.parametrize(
    "typed", ["", "   ", "!?", '"', "a AND", "NEAR(", "title:x", "*", "x" * 5000, "'; DROP TABLE pages"]
)
def test_no_input_breaks_the_search(index: SearchIndex, typed: str) -> None:
    assert len(search(typed, index).query) <= 100


def test_only_published_pages_are_found(index: SearchIndex) -> None:
    assert found(search("pillow", index)) == ["sleeping"]
    assert search("secrt", index).corrections == ()


def test_the_number_of_results_is_limited(tmp_path: Path) -> None:
    root = make_content(tmp_path, **{f"walk_{n}": make_article() for n in range(MOST_RESULTS + 5)})
    assert len(search("walk", SearchIndex(load_library(root))).results) == MOST_RESULTS


def test_one_library_has_one_index() -> None:
    library = get_library()
    assert get_index(library) is get_index(library)


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("ketmine basics", "ketamine-and-chronic-pain-basics"),
        ("get ready", "ketamine-and-chronic-pain-basics"),
        ("CRPS", "ketamine-for-pain-who-and-how"),
        ("drive home", "ketamine-infusion-step-by-step"),
        ("come off opioids", "weighing-ketamine-with-pain-medicine"),
        ("cochrane review trials", "what-ketamine-pain-studies-show"),
        ("grapefruit", "what-ketamine-pain-studies-show"),
        ("lozenges by mail", "ketamine-for-pain-who-and-how"),
        ("fibro", "ketamine-for-pain-who-and-how"),
    ],
)
def test_the_shipped_articles_answer_questions_of_patients(shipped: SearchIndex, typed: str, slug: str) -> None:
    assert found(search(typed, shipped))[0] == slug


@pytest.mark.parametrize("typed", ["is it safe", "does it work", "can I get addicted", "kidney", "ketmine"])
def test_broad_questions_find_pages_about_health(shipped: SearchIndex, typed: str) -> None:
    assert all(result.document.about_health for result in search(typed, shipped).results[:3])


@pytest.mark.parametrize("typed", ["suicide", "i want to die", "overdose", "988"])
def test_crisis_words_are_found_in_the_shipped_content(real_content: Path, shipped: SearchIndex, typed: str) -> None:
    assert search(typed, shipped).crisis


def test_in_a_crisis_no_correction_is_shown(real_content: Path, shipped: SearchIndex) -> None:
    assert search("kill myself", shipped).corrections == ()


def test_plain_text_drops_markup_and_keeps_words() -> None:
    markdown = (
        "## How\n\n> [!CARE] take care\n> - one **bold** [link](/about/) [@walking2020]\n\n{{ block: unknowns }}\n\n"
        "Table: Two ways\n\n| A | B |\n|---|---|\n| c | d |\n\n1. first {claim-ok: told}\n"
    )
    assert plain_text(markdown) == "How take care one bold link Two ways A B c d first"
    assert headings("## How\n\nText\n\n### Why\n") == "How. Why"
