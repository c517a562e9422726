"""The index of listed articles of a library, by topic and by source."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from articles.content.documents import Article
from articles.review_status import is_listed, next_change
from clinic_site.clinic import Clinic

By = Mapping[str, tuple[Article, ...]]


@dataclass(frozen=True, eq=False)
class ArticleIndex:
    """Listed articles, valid from `begins` until just before `ends`, when a day or an article begins or ends."""

    articles: tuple[Article, ...]  # newest first
    begins: dt.datetime
    ends: dt.datetime

    def holds(self, now: dt.datetime) -> bool:
        return self.begins <= now < self.ends

    @cached_property
    def by_slug(self) -> Mapping[str, Article]:
        return {article.slug: article for article in self.articles}

    @cached_property
    def by_topic(self) -> By:
        """Articles by topic, newest first. Topics without articles are left out."""
        return _group((topic, article) for article in self.articles for topic in article.topics)

    @cached_property
    def by_source(self) -> By:
        """Articles by the sources in their own text."""
        return _group((source, article) for article in self.articles for source in article.sources)


def make_index(articles: Collection[Article], clinic: Clinic, now: dt.datetime) -> ArticleIndex:
    """Build the index of listed articles at the aware moment `now`, newest first."""
    return ArticleIndex(
        tuple(article for article in articles if is_listed(article, now)), now, next_change(articles, clinic, now)
    )


def _group(pairs: Iterable[tuple[str, Article]]) -> By:
    found: dict[str, list[Article]] = defaultdict(list)
    for name, article in pairs:
        found[name].append(article)
    return {name: tuple(articles) for name, articles in found.items()}
