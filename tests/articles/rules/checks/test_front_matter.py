"""Rules A01 to A04, A21 and A31: the front matter."""

import datetime as dt

import pytest

from articles.content.source_events import SourceEvent
from articles.rules.text.page_text import Site
from tests.articles.rules.judged import WHOLE, article, messages, signed, whole
from tests.content_builders import REMOVED, REVIEWER

POINTS = "## Key points\n\n" + "- It may help.\n" * 3


@pytest.mark.parametrize(
    ("front", "sentence"),
    [
        ({"title": "Lorem ipsum"}, "“title” still holds a placeholder."),
        ({"author": {"name": "Jane Doe", "role": "writer"}}, "“author” still holds a placeholder."),
        ({"topics": []}, "“topics” is empty."),
        ({"sources": []}, "“sources” is empty."),
    ],
)
def test_a01_finds_placeholders_and_empty_lists(front: dict[str, object], sentence: str) -> None:
    assert f"block: {sentence}" in messages(article(POINTS, **front), "A01")


def test_a01_accepts_complete_front_matter() -> None:
    assert messages(whole(), "A01") == []


def test_a02_requires_a_real_reviewer() -> None:
    signed = REVIEWER | {"name": "Jane Doe"}
    assert messages(article(POINTS, reviewer=signed), "A02") == ["block: The reviewer is a placeholder."]
    assert messages(article("Doctor-reviewed.\n", reviewer=REVIEWER), "A02") == []


@pytest.mark.parametrize(
    ("dates", "sentences"),
    [
        ({"review_due": "2027-02-02"}, []),
        ({"review_due": "2027-02-03"}, ["block: The next check is more than 12 months off."]),
        ({"review_due": "2027-02-03", "published": "2026-02-02", "updated": "2026-02-02"}, []),
        ({"review_due": "2027-11-24", "updated": "2026-11-23"}, []),
        ({"review_due": "2027-11-25", "updated": "2027-11-23"}, ["block: The next check is more than 12 months off."]),
        ({"review_due": "2026-11-23"}, []),
        ({"review_due": "2026-11-22"}, ["warn: The check was due on 2026-11-22."]),
        (
            {"review_due": "2026-10-01"},
            ["warn: The check was due on 2026-10-01. It must not be listed any more."],
        ),
    ],
)
def test_a03_limits_the_time_until_the_next_check(dates: dict[str, object], sentences: list[str]) -> None:
    assert messages(article(POINTS, **dates), "A03") == sentences


def test_a03_counts_from_the_check_while_the_signature_is_valid() -> None:
    text = article(POINTS, review_due="2027-02-03", updated="2026-11-01")
    assert messages(signed(text, dt.date(2026, 2, 2)), "A03") == []
    assert messages(signed(text, dt.date(2026, 2, 1)), "A03") == ["block: The next check is more than 12 months off."]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ("2026-11-22", "warn: The check was due on 2026-11-22."),
        ("2026-11-23", "accepted: It was corrected on 2026-11-23, and a correction does not wait."),
        ("2027-11-23", "accepted: It was corrected on 2026-11-23, and a correction does not wait."),
    ],
)
def test_a03_accepts_a_correction_while_the_check_is_overdue(changed: str, sentence: str) -> None:
    assert messages(article(POINTS, review_due="2026-11-22", updated=changed), "A03") == [sentence]


@pytest.mark.parametrize(
    ("on", "sentences"),
    [
        ("2026-02-01", []),
        ("2026-11-24", ["block: The date of the check lies in the future."]),
        ("2026-01-09", []),  # signed the day before publication
    ],
)
def test_a04_refuses_a_check_in_the_future(on: str, sentences: list[str]) -> None:
    assert messages(signed(article(POINTS), dt.date.fromisoformat(on)), "A04") == sentences


def test_a04_finds_a_signature_for_another_text() -> None:
    assert messages(article(POINTS, reviewer=REVIEWER), "A04") == ["block: The text was changed after the check."]


def test_a01_finds_remains_of_the_outline() -> None:
    left = "## Fill in: a heading\n\n- Fill in: a point.\n- Fill in the form, and list what is left to do:\n"
    found = messages(article(POINTS + left), "A01")
    assert found[1:] == ["block: “Fill in:” is left from the outline."] * 2  # the first is the empty list of sources


@pytest.mark.parametrize(("points", "reported"), [(2, True), (3, False), (5, False), (6, True)])
def test_a21_limits_the_number_of_key_points(points: int, reported: bool) -> None:
    text = article("## Key points\n\n" + "- It may help.\n" * points)
    assert bool(messages(text, "A21")) is reported


def test_a21_requires_key_points_and_a_single_message() -> None:
    text = article("## A walk\n\nIt may help.\n", main_message="It may help. It may not.")
    assert messages(text, "A21") == [
        "block: “Key points” has 0 points.",
        "block: “main_message” is more than one sentence.",
    ]


def test_a21_requires_the_answers() -> None:
    text = article("## Key points\n\n" + "- It may help.\n" * 3, answers=REMOVED)
    assert messages(text, "A21") == ["block: The answers on top of the page are missing."]


def test_an_answer_is_no_placeholder_and_no_promise() -> None:
    answers = {"works": "It is a cure. {certainty: low}", "safe": "Fill in. {certainty: low}"}
    text = article("Text.\n", answers={**answers, "for_me": "Ask. {certainty: low}"})
    assert "block: “Is it safe?” still holds a placeholder." in messages(text, "A01")
    assert len(messages(text, "A08")) == 1


@pytest.mark.parametrize(
    ("event", "reported"),
    [
        (SourceEvent("News", dt.date(2026, 11, 23), ("cohen2018",), cleared=False), True),
        (SourceEvent("News", dt.date(2026, 11, 23), ("cohen2018",), cleared=True), False),
        (SourceEvent("News", dt.date(2026, 11, 24), ("cohen2018",), cleared=False), False),
        (SourceEvent("News", dt.date(2026, 11, 23), ("zanos2018",), cleared=False), False),
    ],
)
def test_a31_blocks_a_page_until_news_about_its_sources_is_cleared(event: SourceEvent, reported: bool) -> None:
    assert bool(messages(whole(WHOLE, Site(events=(event,))), "A31")) is reported
