"""Template context of an article: the same for a reader's page and for a preview of a draft."""

import datetime as dt
from typing import Any

from django.conf import settings

from articles.content.documents import Article
from articles.library import Library
from articles.pages.related import related
from articles.rendering.page_cache import rendered
from articles.rendering.structured_data import article_data
from articles.review_status import review_status

HOME = ("Home", "/")
ARTICLES = ("Articles", "/articles/")


def article_context(article: Article, library: Library, now: dt.datetime) -> dict[str, Any]:
    """Return the context of articles/article.html.

    `article` need not be in the library, only checked against its shared content.
    """
    trail = (HOME, ARTICLES)
    status = review_status(article.with_news(library.events), now)
    page = rendered(status.article)
    topics = library.shared.topics
    return {
        "article": status.article,
        "review": status,
        "page": page,
        "topics": [topics[slug] for slug in article.topics if slug in topics],
        "related": related(article, library.listing(now)),
        "trail": trail,
        "structured_data": article_data(
            status.article,
            page.cited,
            status.reviewer,
            library.shared.clinic,
            settings.SITE_URL,
            (*trail, (article.title, article.url)),
        ),
    }
