"""Reset the second factor of a user who lost it, where no administrator can sign in to do that in the admin."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from clinic_site.accounts.factors import reset_factors


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the user name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        user = User.objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no user {name}.")
        not_told = reset_factors(user)
        self.stdout.write("The second factor is reset. At the next sign-in a new one is set up.")
        if not_told:
            self.stdout.write("No mail reached the person: tell them yourself.")
