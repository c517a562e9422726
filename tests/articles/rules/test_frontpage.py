"""A01 to A04, A21 and A31: what the front matter must say."""

import datetime as dt

import pytest

from articles.rules.manuscript import Site
from articles.rules.watch import Event
from tests.articles.rules.judged import WHOLE, article, signed, told, whole
from tests.content_builders import REVIEWER

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
def test_a01_tells_of_placeholders_and_empty_lists(front: dict[str, object], sentence: str) -> None:
    assert f"block: {sentence}" in told(article(POINTS, **front), "A01")


def test_a01_passes_a_whole_front_matter() -> None:
    assert told(whole(), "A01") == []


def test_a02_wants_a_real_person() -> None:
    signed = REVIEWER | {"name": "Jane Doe"}
    assert told(article(POINTS, reviewer=signed), "A02") == ["block: The reviewer is a placeholder."]
    assert told(article("Doctor-reviewed.\n", reviewer=REVIEWER), "A02") == []


@pytest.mark.parametrize(
    ("dates", "sentences"),
    [
        ({"review_due": "2027-02-02"}, []),
        ({"review_due": "2027-02-03"}, ["block: The next check is more than 12 months off."]),
        ({"review_due": "2027-02-03", "published": "2026-02-02", "updated": "2026-02-02"}, []),
        ({"review_due": "2027-11-24", "updated": "2026-11-23"}, []),
        ({"review_due": "2027-11-25", "updated": "2027-11-23"}, ["block: The next check is more than 12 months off."]),
        ({"review_due": "2026-11-23"}, []),
        ({"review_due": "2026-11-22"}, ["block: The check was due on 2026-11-22."]),
        (
            {"review_due": "2026-10-01"},
            ["block: The check was due on 2026-10-01. It must not be listed any more."],
        ),
    ],
)
def test_a03_wants_the_next_check_soon_enough(dates: dict[str, object], sentences: list[str]) -> None:
    assert told(article(POINTS, **dates), "A03") == sentences


def test_a03_counts_from_the_check_while_the_signature_holds() -> None:
    text = article(POINTS, review_due="2027-02-03", updated="2026-11-01")
    assert told(signed(text, dt.date(2026, 2, 2)), "A03") == []
    assert told(signed(text, dt.date(2026, 2, 1)), "A03") == ["block: The next check is more than 12 months off."]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ("2026-11-22", "block: The check was due on 2026-11-22."),
        ("2026-11-23", "accepted: It was corrected on 2026-11-23, and a correction does not wait."),
        ("2027-11-23", "accepted: It was corrected on 2026-11-23, and a correction does not wait."),
    ],
)
def test_a03_lets_a_correction_go_out_while_the_check_is_overdue(changed: str, sentence: str) -> None:
    assert told(article(POINTS, review_due="2026-11-22", updated=changed), "A03") == [sentence]


@pytest.mark.parametrize(
    ("on", "sentences"),
    [
        ("2026-02-01", []),
        ("2026-11-24", ["block: The date of the check lies in the future."]),
        ("2026-01-09", []),  # signed, and published the day after
    ],
)
def test_a04_wants_a_check_that_has_been(on: str, sentences: list[str]) -> None:
    assert told(signed(article(POINTS), dt.date.fromisoformat(on)), "A04") == sentences


def test_a04_tells_of_a_signature_for_another_text() -> None:
    assert told(article(POINTS, reviewer=REVIEWER), "A04") == ["block: The text was changed after the check."]


def test_a01_finds_what_is_left_of_the_outline() -> None:
    left = "## Fill in: a heading\n\n- Fill in: a point.\n- Fill in the form, and list what is left to do:\n"
    found = told(article(POINTS + left), "A01")
    assert found[1:] == ["block: “Fill in:” is left from the outline."] * 2  # the first is the empty list of sources


@pytest.mark.parametrize(("points", "told_of"), [(2, True), (3, False), (5, False), (6, True)])
def test_a21_counts_the_key_points(points: int, told_of: bool) -> None:
    text = article("## Key points\n\n" + "- It may help.\n" * points)
    assert bool(told(text, "A21")) is told_of


def test_a21_tells_of_a_page_without_key_points_and_of_two_messages() -> None:
    text = article("## A walk\n\nIt may help.\n", main_message="It may help. It may not.")
    assert told(text, "A21") == [
        "block: “Key points” has 0 points.",
        "block: “main_message” is more than one sentence.",
    ]


@pytest.mark.parametrize(
    ("event", "told_of"),
    [
        (Event("News", dt.date(2026, 11, 23), ("cohen2018",), cleared=False), True),
        (Event("News", dt.date(2026, 11, 23), ("cohen2018",), cleared=True), False),
        (Event("News", dt.date(2026, 11, 24), ("cohen2018",), cleared=False), False),
        (Event("News", dt.date(2026, 11, 23), ("zanos2018",), cleared=False), False),
    ],
)
def test_a31_holds_a_page_back_until_news_about_its_sources_is_cleared(event: Event, told_of: bool) -> None:
    assert bool(told(whole(WHOLE, Site(events=(event,))), "A31")) is told_of
