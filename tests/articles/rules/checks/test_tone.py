"""Rules A23, A24 and A29: no advertising."""

import pytest

from tests.articles.rules.judged import article, block, messages, page

OFFER = "[ask for a consultation](/consultation/)"
TOO_MANY = ["block: This offer of a visit is one too many or not neutral."]


@pytest.mark.parametrize("words", ["Book now.", "A free consultation!", "Call today, do not think."])
def test_a23_finds_words_that_push(words: str) -> None:
    assert len(messages(article(words), "A23")) == 1
    assert len(messages(page(words), "A23")) == 1


def test_a23_accepts_advice() -> None:
    assert messages(article("Call the clinic the same day. Take your time to book."), "A23") == []


def test_a23_accepts_one_neutral_offer_on_a_page_and_none_in_an_article() -> None:
    assert messages(page(f"You can {OFFER}."), "A23") == []
    assert messages(page(f"You can {OFFER}, or {OFFER}."), "A23") == TOO_MANY
    assert messages(page("[Get your life back](/consultation/)"), "A23") == TOO_MANY
    assert messages(article(f"You can {OFFER}."), "A23") == TOO_MANY


@pytest.mark.parametrize(
    "number",
    [
        "(305) 555‑0142",
        "305-_555_-0142",
        "305&#45;555&#45;0142",
        "３０５-555-0142",
        "305\u00ad-555-01\u200b42",
        "305—555—0142",
    ],
)
def test_a23_finds_a_phone_number_behind_markup_and_look_alikes(number: str) -> None:
    assert messages(article(f"Call {number}."), "A23") == ["block: A phone number stands in the text."]
    assert messages(page(f"Call {number}."), "A23") == ["block: A phone number stands in the text."]


def test_a23_accepts_years_and_figures() -> None:
    assert messages(article("In 2018–2019, 1,034 people took part, and 2,309 in 67 trials."), "A23") == []


def test_a23_refuses_phone_numbers_in_articles() -> None:
    assert messages(article("Call {{ clinic: phones }}."), "A23") == [
        "block: The clinic's phone numbers stand in the text."
    ]
    assert messages(article("Write to {{ clinic: email }}."), "A23") == []
    assert messages(page("Call {{ clinic: phones }}."), "A23") == []


@pytest.mark.parametrize(
    "body",
    [
        "★★★★★",
        "Our patients say it helps.",
        "“It gave me my sleep back.” – Maria",
        "“It helped,” says Maria, 54, from Tampa.",
        "Maria, 54, said: “It helped.”",
        "“It helped.” — John D., Ohio",
    ],
)
def test_a24_finds_praise(body: str) -> None:
    assert len(messages(article(body), "A24")) == 1
    assert len(messages(block(body), "A24")) == 1


@pytest.mark.parametrize(
    "body",
    [
        "The honest word is “uncertain.”",
        "“No” is a full answer, says the guide.",
        "We do not publish patient stories or star ratings.",
        "The FDA said: “It is not approved.”",
    ],
)
def test_a24_accepts_other_quotations(body: str) -> None:
    assert messages(article(body), "A24") == []


@pytest.mark.parametrize("body", ["HONcode certified", "![An FDA-approved badge](/x.png)", "![](/img/honcode.png)"])
def test_a29_finds_seals_and_badges(body: str) -> None:
    assert len(messages(page(body), "A29")) == 1


def test_a29_accepts_a_statement_about_seals() -> None:
    assert messages(page("HONcode closed in 2022, and we show no seal."), "A29") == []
