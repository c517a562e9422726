"""Answer on a socket that `serve` has opened. For `serve` alone, which runs the command to reload."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from clinic_site.server.web_process import answer


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name in ("listener", "ready", "alive"):
            parser.add_argument(name, type=int, help="a file descriptor")

    def handle(self, *args: Any, listener: int, ready: int, alive: int, **options: Any) -> None:
        answer(listener, ready, alive)
