"""App configuration of articles: background jobs, checks, hooks."""

import datetime as dt

from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Articles"

    def ready(self) -> None:
        from articles import background, health
        from articles.publication.front_door import open_front_door
        from articles.publication.mistyped_addresses import find_address
        from articles.readers.feedback import forget
        from articles.readers.missed_searches import forget_counts
        from articles.rendering.page_cache import sweep
        from articles.review_reminders import remind
        from clinic_site.background import register
        from clinic_site.hooks import hooks

        register(remind, every=dt.timedelta(minutes=1), mails=True)
        register(forget, every=dt.timedelta(hours=1))
        register(forget_counts, every=dt.timedelta(hours=1))
        register(sweep, every=dt.timedelta(days=1))
        hooks.ready_checks.append(health.missing_library)
        hooks.start_checks.append(health.start_problems)
        hooks.health_checks["facts"] = health.content_faults
        hooks.address_finders.append(find_address)
        hooks.wsgi_wrappers.append(open_front_door)
        hooks.background_jobs.append(background.start)
