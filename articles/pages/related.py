"""Related articles: those that share topics and sources."""

import heapq
from collections import Counter

from articles.article_index import ArticleIndex
from articles.content.documents import Article

MOST = 3
TOPIC_WEIGHT = 3  # a shared topic says more than a shared source


def related(article: Article, listing: ArticleIndex) -> list[Article]:
    """Return up to MOST listed articles, closest first; none that has nothing in common with `article`."""
    scores = _closeness(article, listing)
    del scores[article.slug]
    least = min(heapq.nlargest(MOST, scores.values()), default=0)
    near = ((-score, slug) for slug, score in scores.items() if score >= least)
    return [listing.by_slug[slug] for _, slug in heapq.nsmallest(MOST, near)]


def _closeness(article: Article, listing: ArticleIndex) -> Counter[str]:
    """Return slug -> how much the article has in common with `article`; those with nothing in common are left out."""
    scores: Counter[str] = Counter()
    for topic in article.topics:
        scores.update(dict.fromkeys((other.slug for other in listing.by_topic.get(topic, ())), TOPIC_WEIGHT))
    for source in article.sources:
        scores.update(other.slug for other in listing.by_source.get(source, ()))
    return scores
