"""Which articles to read next: those that share topics and sources."""

from collections.abc import Iterable

from articles.documents import Article

MOST = 3
TOPIC_WEIGHT = 3  # a shared topic says more than a shared source


def related(article: Article, others: Iterable[Article]) -> list[Article]:
    """Up to MOST of `others`, closest first; none that has nothing in common with `article`."""
    scored = [(closeness(article, other), other) for other in others if other.slug != article.slug]
    near = [(score, other) for score, other in scored if score]
    return [other for _, other in sorted(near, key=lambda pair: (-pair[0], pair[1].slug))][:MOST]


def closeness(one: Article, other: Article) -> int:
    topics = len(set(one.topics) & set(other.topics))
    return TOPIC_WEIGHT * topics + len(set(one.sources) & set(other.sources))
