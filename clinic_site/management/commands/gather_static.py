"""Gather the static files, for operators who run the parts of the site themselves; `serve` and `publish` do it too.

Unlike Django's collectstatic, the command may run at any moment beside a serving site.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic_site.delivery.static_files import collect_static


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            collect_static()
        except OSError as error:
            raise CommandError(f"The static files cannot be gathered: {error}.") from error
