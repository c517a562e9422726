"""Related articles share topics and sources."""

import datetime as dt
from pathlib import Path

from articles.article_page import related
from articles.library import load_library
from tests.content_builders import make_article, make_content

NOW = dt.datetime(2026, 11, 23, 15, 0, tzinfo=dt.UTC)


def test_shared_topics_weigh_more_than_shared_sources(tmp_path: Path) -> None:
    sources = ["walking2020", "resting2019"]
    root = make_content(
        tmp_path,
        this=make_article(sources=sources),
        topic=make_article(),
        sources=make_article(topics=["sleep"], sources=sources),
        both=make_article(sources=["walking2020"]),
        nothing=make_article(topics=["sleep"]),
        also_topic=make_article(),
    )
    library = load_library(root)
    near = related(library.articles["this"], library.listing(NOW))
    assert [article.slug for article in near] == ["both", "also-topic", "topic"]


def test_an_article_without_common_topics_has_no_related_articles(tmp_path: Path) -> None:
    library = load_library(make_content(tmp_path, nothing=make_article(topics=["sleep"]), topic=make_article()))
    assert related(library.articles["nothing"], library.listing(NOW)) == []
