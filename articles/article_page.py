"""Template context of an article: the same for a reader's page and for a preview of a draft."""

import datetime as dt
import heapq
from collections import Counter
from typing import Any

from django.conf import settings

from articles.article_index import ArticleIndex
from articles.content.documents import Article
from articles.library import Library
from articles.rendering.page_cache import rendered
from articles.rendering.structured_data import article_data
from articles.review_status import review_status

HOME = ("Home", "/")
ARTICLES = ("Articles", "/articles/")
MOST_RELATED = 3
TOPIC_WEIGHT = 3  # a shared topic says more than a shared source


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


def related(article: Article, listing: ArticleIndex) -> list[Article]:
    """Return up to MOST_RELATED listed articles, closest first; none that has nothing in common with `article`."""
    scores = _closeness(article, listing)
    del scores[article.slug]
    least = min(heapq.nlargest(MOST_RELATED, scores.values()), default=0)
    near = ((-score, slug) for slug, score in scores.items() if score >= least)
    return [listing.by_slug[slug] for _, slug in heapq.nsmallest(MOST_RELATED, near)]


def _closeness(article: Article, listing: ArticleIndex) -> Counter[str]:
    """Return slug -> how much the article has in common with `article`; those with nothing in common are left out."""
    scores: Counter[str] = Counter()
    for topic in article.topics:
        scores.update(dict.fromkeys((other.slug for other in listing.by_topic.get(topic, ())), TOPIC_WEIGHT))
    for source in article.sources:
        scores.update(other.slug for other in listing.by_source.get(source, ()))
    return scores
