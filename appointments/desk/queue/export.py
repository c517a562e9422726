"""Requests as a file for spreadsheets."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable

from appointments.desk import labels
from appointments.desk.visit_labels import calendar_name, current_visit, kind_name
from appointments.models import ConsultationRequest
from clinic_site.clinic import Clinic

# A spreadsheet runs a cell that starts with these as a formula, some also full-width signs after white space.
SIGN = r"[=+\-@\t\r＝＋－＠]"
FORMULA = re.compile(rf"\s*{SIGN}")
# A spreadsheet that splits at semicolons or tabs may also run a part of a cell, such as what follows a first semicolon.
SPLIT = re.compile(rf"(\S\s*[;\t]\s*|^\s*;\s*)(?={SIGN})")


def to_csv(requests: Iterable[ConsultationRequest], clinic: Clinic) -> bytes:
    """Return a heading row and a row for each request, in UTF-8 with the mark by which spreadsheets recognize it.

    Times are ISO 8601 on the clinic's wall clock. Every cell is quoted, so that none breaks at a semicolon.
    """
    file = io.StringIO(newline="")
    rows = [_cells(request, clinic) for request in requests]
    writer = csv.DictWriter(file, _cells(ConsultationRequest(), clinic), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows({heading: _harmless(text) for heading, text in row.items()} for row in rows)
    return file.getvalue().encode("utf-8-sig")


def file_name(clinic: Clinic, now: dt.datetime) -> str:
    return f"consultation-requests-{clinic.today(now)}.csv"


def _cells(request: ConsultationRequest, clinic: Clinic) -> dict[str, str]:
    visit = current_visit(request)
    return {
        "Reference": request.reference,
        "Status": request.get_status_display(),
        "Marks": ", ".join(labels.marks(request)),
        "Received": _time(request.created_at, clinic),
        "Reply by": _time(request.reply_by, clinic),
        "Due": _time(request.due_at, clinic),
        "Who has it": request.assigned_to,
        "Last attempt": request.get_last_attempt_display(),
        "Last attempt at": _time(request.last_attempt_at, clinic),
        "Ended": _time(request.ended_at, clinic),
        "Visit": _time(request.visit_at, clinic) or labels.visit(request),
        "Office of the visit": labels.office_name(clinic, request.visit_office) if request.visit_office else "",
        "Calendar": calendar_name(clinic, visit.office, visit.calendar) if visit else "",
        "Kind of visit": kind_name(clinic, visit.kind) if visit else "",
        "Status of the visit": visit.get_status_display() if visit else "",
        "Declined because": request.get_declined_because_display(),
        "Joined to": request.joined_to.reference if request.joined_to else "",
        **labels.answers(request, clinic),
    }


def _time(moment: dt.datetime | None, clinic: Clinic) -> str:
    return clinic.local(moment).isoformat(timespec="seconds") if moment else ""


def _harmless(text: str) -> str:
    """Return the text with an apostrophe before what would run as a formula: it is then shown as it was typed."""
    escaped = SPLIT.sub(r"\1'", text)
    return f"'{escaped}" if FORMULA.match(escaped) else escaped
