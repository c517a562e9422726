"""The Atom feed of new and changed articles."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed

from articles.content.documents import Article
from articles.library import get_library
from clinic_site.clinic import Clinic
from clinic_site.dates import dated

MOST = 50


class ArticleFeed(Feed[Article, Clinic]):
    feed_type = Atom1Feed
    subtitle = "New and changed articles for people who live with pain."

    def get_object(self, request: object) -> Clinic:
        return get_library().shared.clinic

    def title(self, clinic: Clinic) -> str:
        return f"{clinic.name}: articles"

    def author_name(self, clinic: Clinic) -> str:
        return clinic.name

    def link(self, clinic: Clinic) -> str:
        return f"{settings.SITE_URL}/articles/"

    def feed_url(self, clinic: Clinic) -> str:
        return f"{settings.SITE_URL}/feed.xml"

    def items(self, clinic: Clinic) -> Iterable[Article]:
        return last_changed(get_library().listed(timezone.now()))

    def item_title(self, item: Article) -> str:
        return item.title

    def item_description(self, item: Article) -> str:
        """Return the summary, and what changed last."""
        last = [change for change in item.changes if change.on == item.changes[0].on]
        told = (f"What changed on {dated(change.on)}: {change.what}" for change in last)
        return " ".join([item.summary, *told])

    def item_link(self, item: Article) -> str:
        return f"{settings.SITE_URL}{item.url}"

    def item_guid(self, item: Article) -> str:
        return self.item_link(item)

    def item_pubdate(self, item: Article) -> dt.datetime:
        return start_of(item.published)

    def item_updateddate(self, item: Article) -> dt.datetime:
        return start_of(item.updated)


def last_changed(listed: Iterable[Article]) -> list[Article]:
    """Return the articles of the feed, the last change first."""
    return sorted(listed, key=lambda article: article.updated, reverse=True)[:MOST]


def start_of(day: dt.date) -> dt.datetime:
    """Return midnight in the clinic's time zone."""
    return dt.datetime.combine(day, dt.time(), tzinfo=get_library().shared.clinic.time_zone)
