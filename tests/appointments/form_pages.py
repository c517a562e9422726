"""Eight concurrent versions of one form, on a separate database: run by test_intake.py."""

import dataclasses
import json
import sys
from functools import partial

from django.core.management import call_command

from appointments.intake import Answers, FormUsedUp
from appointments.models import ConsultationRequest
from appointments.workflow import submit
from tests.appointments.builders import NOW, make_answers
from tests.appointments.subprocess_race import THREADS, all_at_once


def main() -> None:
    call_command("migrate", verbosity=0)
    showing = make_answers()
    versions = [dataclasses.replace(showing, note=f"After {number}") for number in range(THREADS)]
    outcomes = all_at_once([partial(_send, version) for version in versions])
    counts = {what: outcomes.count(what) for what in ("taken", "refused")}
    json.dump(counts | {"stored": ConsultationRequest.objects.count()}, sys.stdout)


def _send(answers: Answers) -> str:
    try:
        submit(answers, NOW)
    except FormUsedUp:
        return "refused"
    return "taken"
