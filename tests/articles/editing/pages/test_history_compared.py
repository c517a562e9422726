"""Labels of revisions, and the parsing of a comparison from the query string."""

import pytest

from articles.editing.pages.history import compare, state_in_words
from articles.models import Revision
from tests.articles.editing.builders import make_revision

pytestmark = pytest.mark.django_db
PATH = "articles/walking.md"


def test_every_revision_has_a_label() -> None:
    first, second = make_revision(), make_revision()
    draft, removed = make_revision(live=False), make_revision(removed=True)
    states = [state_in_words(revision, second) for revision in (first, second, draft, removed)]
    assert states == ["an earlier file", "the file as it is", "kept as a draft", "removed"]
    assert state_in_words(second, None) == "an earlier file"


@pytest.mark.parametrize("chosen", [["1:3"], ["3", "1"], ["1", "3"]])
def test_the_older_revision_comes_first_in_either_order(chosen: list[str]) -> None:
    for _ in range(3):
        make_revision()
    found = compare(PATH, chosen)
    assert found is not None
    assert (found.old.number, found.new.number, found.same) == (1, 3, False)


def test_a_revision_may_be_compared_with_itself() -> None:
    revision: Revision = make_revision()
    found = compare(PATH, [f"{revision.number}:{revision.number}"])
    assert found is not None
    assert found.same


@pytest.mark.parametrize("chosen", [[], ["1"], ["1", "2", "3"], ["1:9"], ["x:y"], ["1:99999999999999999999"]])
def test_an_invalid_choice_compares_nothing(chosen: list[str]) -> None:
    make_revision()
    assert compare(PATH, chosen) is None
