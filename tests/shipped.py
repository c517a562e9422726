"""The content of the shipped site. The first test that needs the library loads it; collecting the tests does not."""

from functools import cache
from pathlib import Path

import pytest

from articles.library import Library, load_library
from articles.search_index import SearchIndex

REAL_CONTENT = Path(__file__).parent.parent / "content"
SLUGS = sorted(path.stem for path in (REAL_CONTENT / "articles").glob("*.md"))
# Runs a test for each article, by the fixture `article` of conftest.py.
EVERY_ARTICLE = pytest.mark.parametrize("article", SLUGS, indirect=True)


@cache
def shipped_library() -> Library:
    """Return the library of content/, loaded once in a process."""
    return load_library(REAL_CONTENT)


@cache
def shipped_index() -> SearchIndex:
    return SearchIndex(shipped_library())
