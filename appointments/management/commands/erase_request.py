"""Erase what a person sent, because they may ask for it: the privacy notice says so."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from appointments.models import ConsultationRequest
from appointments.policies.refusals import RefusedStep
from appointments.references import normalise
from appointments.workflow import erase


class Command(BaseCommand):
    help = "Erases all personal data of one request, for good. What stays: that there was one, when, and how it ended."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="as the patient was given it, like K7M-3QX")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be erased")

    def handle(self, *args: Any, reference: str, dry_run: bool = False, **options: Any) -> None:
        """Raise CommandError for a reference that no request has, and for an erased request."""
        request = ConsultationRequest.objects.filter(reference=normalise(reference)).first()
        if request is None:
            raise CommandError(f"No request has the reference {reference}. Look it up at the desk.")
        if dry_run:
            self.stdout.write(f"{request.reference} would be erased. Nothing was changed.")
            return
        try:
            erase(request, actor=getpass.getuser(), now=timezone.now())
        except RefusedStep as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{request.reference} was erased.")
