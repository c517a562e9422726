"""Write valid forms, one per line: `python -m tests.bench.forms FILE COUNT`."""

import datetime as dt
import sys
from pathlib import Path
from urllib.parse import urlencode

import django

django.setup()

from django.utils import timezone  # noqa: E402 (needs Django set up)

from appointments.request_form import tokens  # noqa: E402 (the same)
from tests.appointments.builders import make_form_data  # noqa: E402 (the same)

READING_TIME = dt.timedelta(minutes=1)


def form(number: int, now: dt.datetime) -> str:
    """Return the POST body of the patient of that number, with a unique e-mail address."""
    token = tokens.issue(now - READING_TIME)
    address = f"{token[:12]}-{number}@example.com"
    return urlencode(make_form_data(name=f"Sender {number}", email=address, token=token))


def main(file: Path, count: int) -> None:
    now = timezone.now()
    file.write_text("\n".join(form(number, now) for number in range(count)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
