"""What happens when many do the same thing at the same moment. See race.py."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.serving import OwnDatabase

ROOT = Path(__file__).parents[2]
SCRIPT = "import django; django.setup(); from tests.appointments.race import main; main()"


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory, own_database: OwnDatabase) -> Any:
    with own_database(tmp_path_factory.mktemp("race") / "race.sqlite3") as database_url:
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": database_url}
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, check=True, capture_output=True, timeout=60
        )
    return json.loads(run.stdout)


def test_many_presses_at_once_are_one_request_and_everyone_gets_its_reference(outcome: Any) -> None:
    assert outcome["presses"] == {"answers": 8, "references": 1, "stored": 1}


def test_many_workers_at_once_send_every_mail_once(outcome: Any) -> None:
    assert outcome["workers"] == {"waiting": 22, "sent": 22, "different": 22}


def test_of_many_people_at_once_one_wins_and_the_others_are_told(outcome: Any) -> None:
    assert outcome["people"] == {"won": 1, "told": 7, "events": 1}
