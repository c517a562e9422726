"""What a revision is called, and which two of them an address compares."""

import pytest

from articles.editing.histories import compare, state_in_words
from articles.models import Revision
from tests.articles.editing.builders import make_revision

pytestmark = pytest.mark.django_db
PATH = "articles/walking.md"


def test_each_revision_says_what_it_is() -> None:
    first, second = make_revision(), make_revision()
    kept, removed = make_revision(live=False), make_revision(removed=True)
    states = [state_in_words(each, second) for each in (first, second, kept, removed)]
    assert states == ["an earlier file", "the file as it is", "kept as a draft", "removed"]
    assert state_in_words(second, None) == "an earlier file"


@pytest.mark.parametrize("asked", [["1:3"], ["3", "1"], ["1", "3"]])
def test_the_older_one_comes_first_however_the_two_are_asked_for(asked: list[str]) -> None:
    for _ in range(3):
        make_revision()
    found = compare(PATH, asked)
    assert found is not None
    assert (found.old.number, found.new.number, found.same) == (1, 3, False)


def test_a_revision_compared_with_itself_is_the_same() -> None:
    revision: Revision = make_revision()
    found = compare(PATH, [f"{revision.number}:{revision.number}"])
    assert found is not None
    assert found.same


@pytest.mark.parametrize("asked", [[], ["1"], ["1", "2", "3"], ["1:9"], ["x:y"], ["1:99999999999999999999"]])
def test_anything_else_compares_nothing(asked: list[str]) -> None:
    make_revision()
    assert compare(PATH, asked) is None
