"""Feedback of readers: whether an article helped, and what is unclear."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from articles.library import get_library
from articles.models import ReaderFeedback
from articles.readers import feedback
from articles.readers.feedback import FeedbackCounts, counts, forget, untraceable
from clinic_site import background
from tests.appointments.pages import Page, errors_on
from tests.articles.readers.builders import NOW, TODAY, days_ago, make_feedback, make_vote
from tests.content_builders import make_article, make_content

ARTICLE = "/articles/walking/"
FEEDBACK = f"{ARTICLE}feedback/"
THANKS = f"{FEEDBACK}thanks/"
SECTIONS = ["Key points", "What a walk may do", "Common questions", "Questions to take to your visit", "Other options"]


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def stored() -> list[dict[str, Any]]:
    columns = ("article", "section", "helpful", "text", "day")
    return list(ReaderFeedback.objects.order_by("pk").values(*columns))


def say(client: Client, text: str, section: str = "", **others: str) -> Any:
    return client.post(FEEDBACK, {"section": section, "text": text, "subject_line": "", **others})


class TestOnTheArticle:
    """These tests have no database access, as reading an article needs none."""

    def test_the_form_offers_yes_no_and_unclear_sections(self, client: Client) -> None:
        page = Page(client.get(ARTICLE))
        buttons = {(button.get("name"), button.get("value")) for button in page.all("button")}
        assert {("helpful", "yes"), ("helpful", "no")} <= buttons
        [choice] = page.all("select")
        assert [option.text for option in choice.iter("option")] == ["The whole page", *SECTIONS]
        assert "No health details please: staff read this, and nobody can answer you here." in page.text
        assert page.fields_without_label == []
        assert page.descriptions <= page.ids

    def test_every_reader_gets_the_same_bytes(self, client: Client) -> None:
        first, second = client.get(ARTICLE), Client(headers={"User-Agent": "Another"}).get(ARTICLE)
        assert first.content == second.content
        assert first.cookies == {}

    def test_the_forms_post_to_this_site_without_a_script(self, client: Client) -> None:
        html = client.get(ARTICLE).content.decode()
        forms = [form for form in Page(client.get(ARTICLE)).all("form") if form.get("method") == "post"]
        assert {form.get("action") for form in forms} == {FEEDBACK}
        assert "csrf" not in html
        assert "<script>" not in html

    def test_the_form_follows_the_link_to_a_consultation(self, client: Client) -> None:
        html = client.get(ARTICLE).content.decode()
        assert html.index(">Schedule a consultation</h2>") < html.index("Was this page helpful?")

    def test_key_points_are_offered_only_if_the_page_has_them(self, settings: Settings, tmp_path: Path) -> None:
        body = "## A walk\n\nIt may help.\n\n## A walk\n\nAgain.\n\n## " + "Long " * 60 + "\n\nEnd.\n"
        settings.CONTENT_DIR = make_content(tmp_path, walk=make_article(body))
        assert feedback.headings(get_library().articles["walk"]) == ["A walk", ("Long " * 60)[:200]]

    @pytest.mark.parametrize("path", [FEEDBACK, THANKS, f"{THANKS}?helpful=no"])
    def test_feedback_pages_set_no_cookie_and_are_neither_cached_nor_indexed(self, client: Client, path: str) -> None:
        answer = client.get(path, HTTP_COOKIE="sessionid=anything")
        assert (answer.status_code, answer.cookies) == (200, {})
        assert "Cookie" not in answer.get("Vary", "")
        assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
        assert '<meta name="robots" content="noindex">' in answer.content.decode()

    @pytest.mark.parametrize("path", [FEEDBACK, THANKS])
    def test_an_unpublished_article_has_no_form(
        self, client: Client, settings: Settings, tmp_path: Path, path: str
    ) -> None:
        settings.CONTENT_DIR = make_content(tmp_path, draft=make_article(status="draft"))
        for slug in ("draft", "nope"):
            assert client.get(path.replace("walking", slug)).status_code == 404
            assert client.post(path.replace("walking", slug), {"helpful": "yes"}).status_code in (404, 405)


@pytest.mark.django_db
class TestVotes:
    def test_yes_is_stored_and_acknowledged(self, client: Client) -> None:
        answer = client.post(FEEDBACK, {"helpful": "yes"})
        assert (answer.status_code, answer["Location"]) == (303, THANKS)
        assert stored() == [{"article": "walking", "section": "", "helpful": True, "text": "", "day": TODAY}]
        page = Page(client.get(answer["Location"]))
        assert "Thank you" in page.title
        assert "nobody can answer you here" in page.text
        assert page.links["Back to the article"] == ARTICLE
        assert page.links["Schedule a consultation"] == "/consultation/?from=walking"
        assert "(727) 555-0142" in page.text
        assert not list(page.all("form"))

    def test_no_redirects_to_a_question_about_the_unclear_part(self, client: Client) -> None:
        answer = client.post(FEEDBACK, {"helpful": "no"})
        assert answer.status_code == 303
        assert [row["helpful"] for row in stored()] == [False]
        page = Page(client.get(answer["Location"]))
        assert "What was unclear?" in page.text
        assert [form.get("action") for form in page.all("form")] == [FEEDBACK]

    def test_a_vote_under_an_old_address_is_stored(self, client: Client) -> None:
        answer = client.post("/articles/strolling/feedback/", {"helpful": "yes"})
        assert answer["Location"] == THANKS
        assert [row["article"] for row in stored()] == ["walking"]

    def test_cross_site_votes_are_refused(self, client: Client) -> None:
        answer = client.post(FEEDBACK, {"helpful": "yes"}, headers={"Origin": "https://elsewhere.example"})
        assert answer.status_code == 403
        assert stored() == []

    def test_a_flood_is_refused_politely(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(feedback, "MOST_A_DAY", 1)
        make_vote(helpful=True, day=days_ago(1))
        make_vote(helpful=True, article="other")
        assert client.post(FEEDBACK, {"helpful": "yes"}).status_code == 303
        answer = client.post(FEEDBACK, {"helpful": "yes"})
        assert answer.status_code == 200
        assert "We have enough for today" in Page(answer).title
        assert len(stored()) == 3
        assert say(client, "What is a set?").status_code == 303, "votes leave room for words"


@pytest.mark.django_db
class TestWords:
    def test_a_comment_is_stored_with_section_and_day(self, client: Client) -> None:
        answer = say(client, "What is a \n\n set?", "Other options")
        assert (answer.status_code, answer["Location"]) == (303, THANKS)
        comment = {"article": "walking", "section": "Other options", "helpful": None, "text": "What is a set?"}
        assert stored() == [{**comment, "day": TODAY}]

    def test_nothing_else_is_stored(self) -> None:
        names = {field.name for field in ReaderFeedback._meta.get_fields()}
        assert names == {"id", "article", "section", "helpful", "text", "day", "handled_by", "handled_at"}

    def test_an_unknown_section_is_dropped_and_the_text_stored(self, client: Client) -> None:
        say(client, "What is a set?", "Call me at home")
        assert [(row["section"], row["text"]) for row in stored()] == [("", "What is a set?")]

    def test_an_empty_comment_is_an_error_shown_at_title_summary_and_field(self, client: Client) -> None:
        answer = say(client, " \n ", "Other options")
        assert errors_on(answer) == {"feedback_text": "Enter what is unclear"}
        assert Page(answer).values["section"] == ["Other options"]
        assert stored() == []

    def test_too_long_a_comment_is_an_error_and_shown_again(self, client: Client) -> None:
        answer = say(client, "a" * 301)
        assert errors_on(answer) == {"feedback_text": "What is unclear must be 300 characters or fewer"}
        assert [text.strip() for text in Page(answer).values["text"]] == ["a" * 301]

    def test_an_empty_post_asks_what_is_unclear(self, client: Client) -> None:
        assert errors_on(client.post(FEEDBACK, {"helpful": "perhaps"})) == {"feedback_text": "Enter what is unclear"}

    def test_characters_that_cannot_be_text_are_dropped(self, client: Client) -> None:
        say(client, "What\0 is\u202e this\x07?")
        assert [row["text"] for row in stored()] == ["What is this ?"]

    def test_an_invisible_text_counts_as_empty(self, client: Client) -> None:
        assert errors_on(say(client, "\u3164 \u200b")) == {"feedback_text": "Enter what is unclear"}

    def test_invisible_characters_hide_no_number(self, client: Client) -> None:
        say(client, "Call 7\u200b2\u200b7\u2060555\u00ad0142 or ana＠example.com")
        assert [row["text"] for row in stored()] == ["Call [removed] or [removed]"]

    def test_a_filled_honeypot_is_acknowledged_and_not_stored(self, client: Client) -> None:
        answer = say(client, "Buy this", subject_line="Buy")
        assert answer["Location"] == THANKS
        assert stored() == []

    def test_crisis_words_are_stored_and_show_help_first(self, client: Client) -> None:
        answer = say(client, "I want to die")
        page = Page(answer)
        assert answer.status_code == 200
        html = answer.content.decode()
        assert html.index("call or text 988 now") < html.index("<h1>Thank you")
        assert {page.links["call 988"], page.links["text 988"]} == {"tel:988", "sms:988"}
        assert [row["text"] for row in stored()] == ["I want to die"]

    def test_crisis_words_show_help_even_with_errors(self, client: Client) -> None:
        html = say(client, "I want to die" + "!" * 300).content.decode()
        assert html.index("crisis-title") < html.index("error-summary")
        assert html.count("autofocus") == 1

    def test_crisis_words_show_help_even_in_a_flood(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(feedback, "MOST_A_DAY", 0)
        text = Page(say(client, "I want to die")).text
        assert "We have enough for today" in text
        assert "call or text 988 now" in text
        assert "We have enough for today" in Page(say(client, "What is a set?")).title
        assert stored() == []

    def test_comments_never_appear_in_a_url(self, client: Client) -> None:
        assert urlsplit(say(client, "What is a set?")["Location"]).query == ""


class TestUntraceable:
    @pytest.mark.parametrize(
        "text",
        [
            "727 555 0142", "(727) 555-0142", "+1 727.555.0142", "7275550142", "555-0142", "ana@example.com",
            "03/04/1970", "123-45-6789", "33701", "ana.torres+x@mail.example.com",
        ],
    )  # fmt: skip
    def test_personal_data_is_removed(self, text: str) -> None:
        assert untraceable(f"Ask {text} about it") == "Ask [removed] about it"

    @pytest.mark.parametrize(
        "text", ["Is 50 mg much? Or 0.5 to 2?", "In 2019 and 2020", "20 minutes, 3 times", "1,000 people"]
    )
    def test_text_of_the_page_is_preserved(self, text: str) -> None:
        assert untraceable(text) == text

    def test_removal_never_exceeds_the_maximal_length(self) -> None:
        assert len(untraceable("a@b.c " * 50)) == 300

    @pytest.mark.django_db
    def test_personal_data_is_removed_before_storage(self, client: Client) -> None:
        say(client, "Call me: 727 555 0142")
        assert [row["text"] for row in stored()] == ["Call me: [removed]"]


@pytest.mark.django_db
class TestCounts:
    def test_votes_and_open_comments_of_each_article(self) -> None:
        for helpful in (True, True, False):
            make_vote(helpful=helpful)
        make_feedback()
        make_feedback(handled_by="editor", handled_at=NOW)
        make_feedback(article="gone", text="")
        found = counts()
        assert found == {"walking": FeedbackCounts(yes=2, no=1, open=1), "gone": FeedbackCounts()}
        assert (found["walking"].votes, found["walking"].share, found["gone"].share) == (3, 67, None)

    def test_feedback_under_an_old_address_counts_for_the_article(self) -> None:
        make_vote(helpful=True)
        make_vote(helpful=True, article="strolling")
        assert counts() == {"walking": FeedbackCounts(yes=2)}


@pytest.mark.django_db
class TestForgetting:
    def test_texts_are_erased_after_180_days_and_rows_after_400(self) -> None:
        make_feedback(day=days_ago(180))
        make_feedback(day=days_ago(181))
        make_vote(helpful=True, day=days_ago(400))
        make_vote(helpful=True, day=days_ago(401))
        forget(NOW)
        assert [(row["text"], row["day"]) for row in stored()] == [
            ("What is a set?", days_ago(180)),
            ("", days_ago(181)),
            ("", days_ago(400)),
        ]
        assert ReaderFeedback.objects.open().count() == 1

    def test_erasure_is_a_registered_job(self) -> None:
        assert "forget" in [chore.work.__name__ for chore in background.CHORES]

    def test_the_privacy_notice_states_the_periods(self, real_content: Path) -> None:
        notice = (real_content / "pages" / "privacy.md").read_text()
        assert f"{feedback.KEEP_TEXTS_FOR // dt.timedelta(days=1)} days" in notice
