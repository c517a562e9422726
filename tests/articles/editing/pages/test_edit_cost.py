"""The cost of “Publish”: the text is parsed once, and once more when the library loads the new file."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from articles.frontmatter import parse_article
from articles.loading.validation import check_document
from articles.rendering.renderer import render
from clinic_site.content.yaml_fields import compose
from tests.articles.editing.pages.edit_desk import BODY, PAGE, typed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root"), pytest.mark.slow]

# No other test may read the texts of this one: a run of the tests parses each text that a library loads only once.
NEW_WORDS = BODY.replace("Some doctors try it for pain.", "Some doctors give it for pain.")
UNTIL = "2031-05-06T08:00"
STEPS = (parse_article, check_document, render)
Calls = Counter[str]


@contextmanager
def counted(functions: Sequence[Callable[..., Any]]) -> Iterator[Calls]:
    """Count the calls of each function, under whatever name a module imports it."""
    names = {function.__code__: function.__name__ for function in functions}
    calls = Calls()

    def count(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in names:
            calls[names[frame.f_code]] += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(before)


@pytest.fixture
def publish(editor: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Callable[..., Calls]:
    """Press “Publish” on a page not yet opened in this process, and count the calls."""

    def published(**overrides: Any) -> Calls:
        form = typed(do="publish", **overrides)
        with (
            CaptureQueriesContext(connection) as queries,
            counted((*STEPS, compose)) as calls,
            django_capture_on_commit_callbacks(execute=True),
        ):
            assert editor.post(PAGE, form).status_code == 303
        calls["queries"] = len(queries)
        return calls

    return published


def test_new_words_are_read_once_and_once_more_by_the_library(publish: Callable[..., Calls]) -> None:
    calls = publish(body=NEW_WORDS)
    assert [calls[step.__name__] for step in STEPS] == [2, 2, 2]
    assert calls["compose"] <= 12
    assert calls["queries"] <= 31


def test_a_published_text_is_not_parsed_again(publish: Callable[..., Calls]) -> None:
    calls = publish()
    assert [calls[step.__name__] for step in STEPS] == [0, 0, 0]


def test_a_change_that_moves_no_day_is_read_twice(publish: Callable[..., Calls]) -> None:
    """As it would be dated, to compare the words, and as it is published."""
    calls = publish(publish_until=UNTIL)
    assert [calls[step.__name__] for step in STEPS] == [3, 3, 2]  # the library has the page of these words
