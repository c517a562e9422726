"""Prints every problem in the content folder as `path:line: sentence`; exits 1 when there is one."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles.library import load_library
from clinic_site.content_files import ContentError


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.CONTENT_DIR)
        try:
            library = load_library(root)
            for document in library.documents.values():
                document.rendered  # noqa: B018 (rendering must not fail for anything that passed the checks)
            problems = library.problems
        except ContentError as error:
            problems = (error.problem,)
        for problem in problems:
            self.stdout.write(f"{root.name}/{problem}")
        if problems:
            raise CommandError(f"{len(problems)} to mend.")
        self.stdout.write(f"The content is in order: {len(library.articles)} articles, {len(library.pages)} pages.")
