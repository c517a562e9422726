"""What the template of an article is given: the same for a reader's page and for a preview of a draft."""

import datetime as dt
from typing import Any

from django.conf import settings

from articles.documents import Article
from articles.library import Library
from articles.related import related
from articles.rendering.structured_data import article_data
from articles.standing import standing

HOME = ("Home", "/")
ARTICLES = ("Articles", "/articles/")


def article_context(article: Article, library: Library, now: dt.datetime) -> dict[str, Any]:
    """For articles/article.html. `article` need not be of the library, only checked against its shared content."""
    trail = (HOME, ARTICLES)
    stands = standing(article.with_news(library.events), now)
    topics = library.shared.topics
    return {
        "article": stands.article,
        "standing": stands,
        "page": stands.article.rendered,
        "topics": [topics[slug] for slug in article.topics if slug in topics],
        "related": related(article, library.listing(now)),
        "trail": trail,
        "structured_data": article_data(
            stands, library.shared.clinic, settings.SITE_URL, (*trail, (article.title, article.url))
        ),
    }
