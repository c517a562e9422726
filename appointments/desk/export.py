"""Requests as a file for spreadsheets."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable

from appointments import in_words
from appointments.desk import facts
from appointments.models import ConsultationRequest
from clinic_site.clinic import Clinic

# A spreadsheet runs a cell that starts like this, some also in full width and behind white space.
SIGN = r"[=+\-@\t\r＝＋－＠]"
FORMULA = re.compile(rf"\s*{SIGN}")
# One that splits at semicolons or tabs sees a cell where we wrote a part of one.
SPLIT = re.compile(rf"(\S\s*[;\t]\s*)({SIGN})")


def to_csv(requests: Iterable[ConsultationRequest], clinic: Clinic) -> bytes:
    """A row for each request below a row of headings, in UTF-8 with the mark by which spreadsheets know it.

    Times are ISO 8601 on the clinic's wall clock. Every cell is in quotes, so that none falls apart at a semicolon.
    """
    file = io.StringIO(newline="")
    rows = [_cells(each, clinic) for each in requests]
    writer = csv.DictWriter(file, _cells(ConsultationRequest(), clinic), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows({heading: _harmless(text) for heading, text in row.items()} for row in rows)
    return file.getvalue().encode("utf-8-sig")


def file_name(clinic: Clinic, now: dt.datetime) -> str:
    return f"consultation-requests-{clinic.local(now).date()}.csv"


def _cells(request: ConsultationRequest, clinic: Clinic) -> dict[str, str]:
    return {
        "Reference": request.reference,
        "Status": request.get_status_display(),
        "Marks": ", ".join(facts.marks(request)),
        "Received": _time(request.created_at, clinic),
        "Reply by": _time(request.reply_by, clinic),
        "Due": _time(request.due_at, clinic),
        "Who has it": request.assigned_to,
        "Last attempt": request.get_last_attempt_display(),
        "Last attempt at": _time(request.last_attempt_at, clinic),
        "Ended": _time(request.ended_at, clinic),
        "Visit": _time(request.visit_at, clinic) or in_words.visit(request),
        "Office of the visit": in_words.office_name(clinic, request.visit_office) if request.visit_office else "",
        "Declined because": request.get_declined_because_display(),
        "Joined to": request.joined_to.reference if request.joined_to else "",
        **facts.answers(request, clinic),
    }


def _time(moment: dt.datetime | None, clinic: Clinic) -> str:
    return clinic.local(moment).isoformat(timespec="seconds") if moment else ""


def _harmless(text: str) -> str:
    """With an apostrophe before what would be taken for a formula: it is then shown as it was typed."""
    whole = SPLIT.sub(r"\1'\2", text)
    return f"'{whole}" if FORMULA.match(whole) else whole
