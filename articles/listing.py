"""What lists offer of a library: found once, for as long as it holds."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from articles.documents import Article
from articles.standing import listed, next_change
from clinic_site.clinic import Clinic

By = Mapping[str, tuple[Article, ...]]


@dataclass(frozen=True, eq=False)
class Listing:
    """Holds from `begins` until just before `ends`: then a day begins, or an article comes or goes."""

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
        """Newest first. A topic without an article has none."""
        return _grouped((topic, article) for article in self.articles for topic in article.topics)

    @cached_property
    def by_source(self) -> By:
        """By what they cite themselves."""
        return _grouped((source, article) for article in self.articles for source in article.sources)


def make_listing(articles: Collection[Article], clinic: Clinic, now: dt.datetime) -> Listing:
    """Of these articles of one library, newest first, at the aware moment `now`."""
    return Listing(tuple(each for each in articles if listed(each, now)), now, next_change(articles, clinic, now))


def _grouped(pairs: Iterable[tuple[str, Article]]) -> By:
    found: dict[str, list[Article]] = defaultdict(list)
    for name, article in pairs:
        found[name].append(article)
    return {name: tuple(articles) for name, articles in found.items()}
