"""What to read next shares topics and sources."""

from pathlib import Path

from articles.library import load_library
from articles.related import related
from tests.content_builders import make_article, make_content


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
    articles = load_library(root).articles
    assert [article.slug for article in related(articles["this"], articles.values())] == ["both", "also-topic", "topic"]
    assert related(articles["nothing"], [articles["topic"]]) == []
