"""The state of a review, for one article and for all."""

from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from articles.content.documents import Article
from articles.editing.review import state as review_state
from articles.editing.review.state import Stage, state, states, waiting
from articles.library import get_library
from articles.models import ReviewEvent
from articles.rendering.signed_text import text_hash
from tests.articles.editing.builders import make_revision
from tests.articles.editing.review.review_events import make_event, make_signature
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
    return text_hash(article())


class TestOneArticle:
    def test_no_review_is_requested(self) -> None:
        found = state(PATH, article())
        assert (found.stage, found.step, found.signature) == (Stage.NOT_ASKED, None, None)
        assert found.in_words == "Not yet checked"

    def test_a_reviewer_line_without_a_signature_is_ignored(self) -> None:
        assert state("articles/ride.md", article("ride")).stage is Stage.NOT_ASKED

    def test_review_requested(self) -> None:
        request = make_event(text_hash=now_is())
        found = state(PATH, article())
        assert (found.stage, found.step, found.same_text) == (Stage.ASKED, request, True)
        assert found.in_words == "Sent to review by editor"

    def test_review_requested_and_changed_since(self) -> None:
        make_event()
        found = state(PATH, article())
        assert (found.stage, found.same_text) == (Stage.ASKED, False)

    def test_signed(self) -> None:
        make_event(text_hash=now_is())
        signature = make_signature(text_hash=now_is())
        found = state(PATH, article())
        assert (found.stage, found.signature, found.holds) == (Stage.SIGNED, signature, True)
        assert found.in_words == "Signed by R. Name, MD"

    def test_changed_since_the_signature(self) -> None:
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

    def test_a_withdrawn_signature_does_not_count(self) -> None:
        make_signature(text_hash=now_is())
        make_event(kind=SENT_BACK, text_hash=now_is())
        found = state(PATH, article())
        assert (found.stage, found.signature) == (Stage.SENT_BACK, None)

    def test_a_restored_signed_text_is_signed(self) -> None:
        make_signature(text_hash=now_is())
        make_event(kind=SENT_BACK, text_hash="1" * 64)
        assert state(PATH, article()).stage is Stage.SIGNED

    def test_a_new_check_of_a_signed_text_is_requested(self) -> None:
        make_signature(text_hash=now_is())
        make_event(text_hash=now_is())
        found = state(PATH, article())
        assert (found.stage, found.holds) == (Stage.ASKED, True)

    def test_reviews_under_a_former_address_count(self) -> None:
        make_event(path="articles/stroll.md", text_hash=now_is())
        assert state(PATH, article()).stage is Stage.ASKED
        assert [step.path for step in review_state.steps_of(PATH, article())] == ["articles/stroll.md"]

    def test_aliases_do_not_claim_the_review_of_another_article(self, root: Path) -> None:
        make_signature(path="articles/swim.md", text_hash="of another text")
        (root / PATH).write_text(make_article(aliases=["swim"]))
        assert "swim" in article().aliases
        assert state(PATH, article()).signature is None

    def test_a_signature_holds_for_the_same_text_under_any_address(self) -> None:
        make_event(text_hash=now_is())
        make_signature(path="articles/elsewhere.md", text_hash=now_is())
        found = state(PATH, article())
        assert (found.stage, found.holds) == (Stage.ASKED, True)

    @pytest.mark.parametrize(
        ("signed_before", "declared", "same_text", "may_be"),
        [(True, True, True, True), (False, True, True, False), (True, False, True, False), (True, True, False, False)],
        ids=["a typing fix", "never signed", "nobody said so", "changed since"],
    )
    def test_a_typing_fix(self, signed_before: bool, declared: bool, same_text: bool, may_be: bool) -> None:
        if signed_before:
            make_signature()
        make_event(typing_fix=declared, text_hash=now_is() if same_text else "1" * 64)
        assert state(PATH, article()).typing_fix is may_be


def test_the_states_of_all_articles_take_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_signature(text_hash=now_is())
    make_event(path="articles/swim.md")
    make_event(path="articles/gone.md")
    articles = {page.path: page for page in get_library().articles.values()}
    with django_assert_num_queries(2):
        found = states(articles)
    assert {path: review.stage for path, review in found.items()} == {
        PATH: Stage.SIGNED,
        "articles/swim.md": Stage.ASKED,
        "articles/ride.md": Stage.NOT_ASKED,
    }
    assert found == {path: state(path, page) for path, page in articles.items()}


class TestWaiting:
    def test_the_oldest_request_comes_first(self) -> None:
        make_event(path="articles/swim.md")
        make_event(typing_fix=True)
        assert [(review.slug, review.title, review.asked.typing_fix) for review in waiting()] == [
            ("swim", "Walking with a sore back", False),
            ("walk", "Walking with a sore back", True),
        ]

    @pytest.mark.parametrize("kind", [ReviewEvent.Kind.SIGNED, SENT_BACK])
    def test_a_decided_request_is_not_waiting(self, kind: str) -> None:
        make_event()
        make_event(kind=kind)
        assert waiting() == []

    def test_a_renamed_article_waits_under_its_new_address(self) -> None:
        make_event(path="articles/stroll.md")
        assert [review.slug for review in waiting()] == ["walk"]
        make_signature()
        assert waiting() == []

    def test_a_draft_without_a_file_waits_too(self) -> None:
        make_revision(path="articles/new.md", live=False)
        make_event(path="articles/new.md")
        assert [(review.slug, review.title) for review in waiting()] == [("new", "new")]

    def test_a_removed_article_is_not_waiting(self) -> None:
        make_revision(path="articles/gone.md", removed=True)
        for path in ("articles/gone.md", "articles/never-there.md"):
            make_event(path=path)
        assert waiting() == []


@pytest.mark.django_db
def test_an_event_has_a_readable_name() -> None:
    assert str(make_event(path="articles/walk.md", kind="sent_back")) == "articles/walk.md: sent back"
