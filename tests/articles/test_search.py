"""Search answers in the language of patients."""

import datetime as dt
from pathlib import Path

import pytest

from articles.library import load_library
from articles.plain_text import headings, plain_text
from articles.search import MOST_RESULTS, Answer, SearchIndex, get_index, search, visible_results
from tests.conftest import REAL_CONTENT
from tests.content_builders import make_article, make_content

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


def found(answer: Answer) -> list[str]:
    return [result.document.slug for result in answer.results]


def test_word_forms_are_one_word(index: SearchIndex) -> None:
    assert found(search("walk", index))[0] == "walking"
    assert found(search("walker's", index))[0] == "walking"


def test_the_passage_marks_what_matched(index: SearchIndex) -> None:
    passage = search("blisters", index).results[0].passage
    assert [text for text, match in passage if match] == ["blisters"]
    assert "See the risks of " in "".join(text for text, match in passage if not match)


def test_a_typing_slip_is_forgiven_and_told(index: SearchIndex) -> None:
    answer = search("pilow", index)
    assert answer.corrections == (("pilow", "pillow"),)
    assert "sleeping" in found(answer)


def test_a_word_nobody_knows_is_left_as_it_is(index: SearchIndex) -> None:
    answer = search("zzzzzz", index)
    assert (answer.corrections, answer.results) == ((), ())


def test_patients_words_lead_to_ours(index: SearchIndex) -> None:
    assert found(search("stroll", index))[0] == "walking"


def test_every_name_of_a_term_finds_the_page(index: SearchIndex) -> None:
    answer = search("chronic pain", index)
    assert "sleeping" in found(answer)
    assert answer.term is not None
    assert answer.term.slug == "chronic-pain"


def test_small_words_are_left_out_while_others_remain(index: SearchIndex) -> None:
    assert found(search("is it the pillow", index)) == found(search("pillow", index))
    assert search("is it", index).query == "is it"


def test_pages_with_all_words_come_first(index: SearchIndex) -> None:
    assert found(search("pillow walk", index))[:1] != []
    assert set(found(search("pillow blisters", index))) >= {"sleeping", "walking"}


@pytest.mark.parametrize(
    "typed", ["", "   ", "!?", '"', "a AND", "NEAR(", "title:x", "*", "x" * 5000, "'; DROP TABLE pages"]
)
def test_nothing_typed_can_break_the_search(index: SearchIndex, typed: str) -> None:
    assert len(search(typed, index).query) <= 100


def test_readers_see_only_what_is_published(index: SearchIndex) -> None:
    answer = search("pillow", index)
    assert "hidden" in found(answer)
    shown = visible_results(answer, index.library.visible(NOW))
    assert [result.document.slug for result in shown] == ["sleeping"]


def test_a_list_of_results_ends_somewhere(tmp_path: Path) -> None:
    root = make_content(tmp_path, **{f"walk_{n}": make_article() for n in range(MOST_RESULTS + 5)})
    library = load_library(root)
    assert len(visible_results(search("walk", SearchIndex(library)), library.visible(NOW))) == MOST_RESULTS


def test_one_library_has_one_index() -> None:
    assert get_index() is get_index()


@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        ("ketmine basics", {"ketamine-and-chronic-pain-basics"}),
        ("is it safe", {"ketamine-and-chronic-pain-basics"}),
        ("CRPS", {"ketamine-for-pain-who-and-how"}),
        ("drive home", {"ketamine-infusion-step-by-step"}),
        ("can I get addicted", {"weighing-ketamine-with-pain-medicine"}),
        ("does it work", {"what-ketamine-pain-studies-show"}),
        ("grapefruit", {"what-ketamine-pain-studies-show"}),
        ("lozenges by mail", {"ketamine-for-pain-who-and-how"}),
    ],
)
def test_the_real_articles_answer_what_patients_ask(typed: str, slugs: set[str]) -> None:
    index = SearchIndex(load_library(REAL_CONTENT))
    assert slugs <= set(found(search(typed, index))[:3])


def test_plain_text_drops_marks_and_keeps_words() -> None:
    markdown = (
        "## How\n\n> [!CARE] take care\n> - one **bold** [link](/about/) [@walking2020]\n\n{{ block: unknowns }}\n\n"
        "Table: Two ways\n\n| A | B |\n|---|---|\n| c | d |\n\n1. first {claim-ok: told}\n"
    )
    assert plain_text(markdown) == "How take care one bold link Two ways A B c d first"
    assert headings("## How\n\nText\n\n### Why\n") == "How. Why"
