"""Everything a reader or an editor of articles touches."""

import datetime as dt

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self) -> None:
        from articles.counting import forget_counts
        from articles.feedback import forget
        from articles.reminders import remind
        from articles.rendered_store import sweep
        from clinic_site.housekeeping import register

        register(remind, every=dt.timedelta(minutes=1), mails=True)
        register(forget, every=dt.timedelta(hours=1))
        register(forget_counts, every=dt.timedelta(hours=1))
        register(sweep, every=dt.timedelta(days=1))
