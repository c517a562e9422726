"""Where a review stands, for one article and for all of them."""

from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from articles.documents import Article
from articles.editing import review_state
from articles.editing.review_state import Stage, state, states, waiting
from articles.library import get_library
from articles.models import ReviewEvent
from tests.articles.editing.builders import make_revision
from tests.articles.editing.review_events import make_event, make_signature
from tests.content_builders import REVIEWER, make_article, make_content

pytestmark = pytest.mark.django_db
PATH = "articles/walk.md"
SENT_BACK = ReviewEvent.Kind.SENT_BACK


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path) -> Path:
    root = make_content(
        tmp_path,
        walk=make_article(aliases=["stroll"]),
        swim=make_article("## A swim\n\nSwim.\n"),
        ride=make_article("## A ride\n\nRide.\n", reviewer=REVIEWER),
    )
    settings.CONTENT_DIR = root
    return root


def article(slug: str = "walk") -> Article:
    return get_library().articles[slug]


def now_is() -> str:
    return article().text_hash


class TestOneArticle:
    def test_nobody_has_asked(self) -> None:
        found = state(PATH, article())
        assert (found.stage, found.step, found.signature) == (Stage.NOT_ASKED, None, None)
        assert found.in_words == "Not yet checked"

    def test_a_line_that_no_signature_backs_says_nothing(self) -> None:
        assert state("articles/ride.md", article("ride")).stage is Stage.NOT_ASKED

    def test_asked(self) -> None:
        asked = make_event(text_hash=now_is())
        found = state(PATH, article())
        assert (found.stage, found.step, found.same_text) == (Stage.ASKED, asked, True)
        assert found.in_words == "Sent to review by editor"

    def test_asked_and_changed_since(self) -> None:
        make_event()
        found = state(PATH, article())
        assert (found.stage, found.same_text) == (Stage.ASKED, False)

    def test_signed(self) -> None:
        make_event(text_hash=now_is())
        signature = make_signature(text_hash=now_is())
        found = state(PATH, article())
        assert (found.stage, found.signature, found.holds) == (Stage.SIGNED, signature, True)
        assert found.in_words == "Signed by R. Name, MD"

    def test_changed_since_it_was_signed(self) -> None:
        signature = make_signature()
        found = state(PATH, article())
        assert (found.stage, found.signature, found.holds) == (Stage.CHANGED, signature, False)
        assert found.in_words == "Changed since it was signed"

    def test_sent_back(self) -> None:
        make_signature()
        make_event(kind=SENT_BACK, by="reviewer", text_hash=now_is())
        found = state(PATH, article())
        assert (found.stage, found.holds) == (Stage.SENT_BACK, False)
        assert found.in_words == "Sent back by reviewer"

    def test_a_signature_that_was_taken_back_is_none(self) -> None:
        make_signature(text_hash=now_is())
        make_event(kind=SENT_BACK, text_hash=now_is())
        found = state(PATH, article())
        assert (found.stage, found.signature) == (Stage.SENT_BACK, None)

    def test_a_signed_text_that_came_back_is_signed(self) -> None:
        make_signature(text_hash=now_is())
        make_event(kind=SENT_BACK, text_hash="1" * 64)
        assert state(PATH, article()).stage is Stage.SIGNED

    def test_asked_for_a_new_check_of_a_signed_text(self) -> None:
        make_signature(text_hash=now_is())
        make_event(text_hash=now_is())
        found = state(PATH, article())
        assert (found.stage, found.holds) == (Stage.ASKED, True)

    def test_its_former_address_counts(self) -> None:
        make_event(path="articles/stroll.md", text_hash=now_is())
        assert state(PATH, article()).stage is Stage.ASKED
        assert [step.path for step in review_state.steps_of(PATH, article())] == ["articles/stroll.md"]

    def test_the_review_of_another_article_is_not_its_own_whatever_its_aliases_say(self, root: Path) -> None:
        make_signature(path="articles/swim.md", text_hash="of another text")
        (root / PATH).write_text(make_article(aliases=["swim"]))
        assert "swim" in article().aliases
        assert state(PATH, article()).signature is None

    def test_a_signature_holds_wherever_just_that_text_stands(self) -> None:
        make_event(text_hash=now_is())
        make_signature(path="articles/elsewhere.md", text_hash=now_is())
        found = state(PATH, article())
        assert (found.stage, found.holds) == (Stage.ASKED, True)

    @pytest.mark.parametrize(
        ("signed_before", "said", "same_text", "may_be"),
        [(True, True, True, True), (False, True, True, False), (True, False, True, False), (True, True, False, False)],
        ids=["a typing fix", "never signed", "nobody said so", "changed since"],
    )
    def test_a_typing_fix(self, signed_before: bool, said: bool, same_text: bool, may_be: bool) -> None:
        if signed_before:
            make_signature()
        make_event(typing_fix=said, text_hash=now_is() if same_text else "1" * 64)
        assert state(PATH, article()).typing_fix is may_be


def test_all_articles_take_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_signature(text_hash=now_is())
    make_event(path="articles/swim.md")
    make_event(path="articles/gone.md")
    articles = {each.path: each for each in get_library().articles.values()}
    with django_assert_num_queries(2):
        found = states(articles)
    assert {path: each.stage for path, each in found.items()} == {
        PATH: Stage.SIGNED,
        "articles/swim.md": Stage.ASKED,
        "articles/ride.md": Stage.NOT_ASKED,
    }
    assert found == {path: state(path, each) for path, each in articles.items()}


class TestWaiting:
    def test_what_was_asked_first_comes_first(self) -> None:
        make_event(path="articles/swim.md")
        make_event(typing_fix=True)
        assert [(each.slug, each.title, each.asked.typing_fix) for each in waiting()] == [
            ("swim", "Walking with a sore back", False),
            ("walk", "Walking with a sore back", True),
        ]

    @pytest.mark.parametrize("kind", [ReviewEvent.Kind.SIGNED, SENT_BACK])
    def test_what_was_decided_waits_no_more(self, kind: str) -> None:
        make_event()
        make_event(kind=kind)
        assert waiting() == []

    def test_what_was_renamed_waits_under_its_new_address(self) -> None:
        make_event(path="articles/stroll.md")
        assert [each.slug for each in waiting()] == ["walk"]
        make_signature()
        assert waiting() == []

    def test_a_draft_that_is_in_no_file_waits_as_well(self) -> None:
        make_revision(path="articles/new.md", live=False)
        make_event(path="articles/new.md")
        assert [(each.slug, each.title) for each in waiting()] == [("new", "new")]

    def test_what_is_gone_does_not(self) -> None:
        make_revision(path="articles/gone.md", removed=True)
        for path in ("articles/gone.md", "articles/never-there.md"):
            make_event(path=path)
        assert waiting() == []


@pytest.mark.django_db
def test_a_step_names_itself() -> None:
    assert str(make_event(path="articles/walk.md", kind="sent_back")) == "articles/walk.md: sent back"
