"""What the database is asked before a request is stored: all of it in one question.

It is worded in SQL, because every request asks it: Django takes longer to word it than a database to answer, and while
one thread does so, the others wait.
"""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from appointments.choices import Status
from appointments.models import ConsultationRequest

TABLE = ConsultationRequest._meta.db_table  # noqa: SLF001 (Django's documented way to the table's name)
MOST_OF_A_FORM = 3  # different requests from one showing: two corrections after the first
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
SPAM = (Status.SPAM.value,)
NO_SPAM = tuple(status.value for status in Status if status != Status.SPAM)

# Nothing that somebody typed is in these: values are passed apart. Each statement has an index for all it looks at.
OF_FORM = (
    f"SELECT 'form', id, idempotency_key, form_place FROM {TABLE} "  # noqa: S608
    f"WHERE form_place IN ({', '.join(['%s'] * MOST_OF_A_FORM)}) OR idempotency_key = %s"
)
FROM_ADDRESS = f"SELECT 'address', count(*), '', '' FROM {TABLE} WHERE email_key = %s AND created_at >= %s"  # noqa: S608
ARRIVED = {
    kind: f"SELECT 'arrived', count(*), '', '' FROM {TABLE} "  # noqa: S608
    f"WHERE status IN ({', '.join(['%s'] * len(kind))}) AND created_at > %s"
    for kind in (SPAM, NO_SPAM)
}


class Earlier(NamedTuple):
    """A request that is stored, and what it occupies of its form: None where it was stored before there were places."""

    pk: int
    place: str | None


@dataclass(frozen=True)
class Known:
    """What is stored already, as it matters to a new request."""

    of_form: dict[str, Earlier]  # by idempotency key: those from the same showing of the form, and the very same one
    from_address: int  # requests that gave its e-mail address within a DAY
    arrived: int  # of its kind, spam or not, within a MINUTE; 0 where nobody wants to know


def form_places(nonce: str) -> list[str]:
    """What the requests of one showing of the form occupy, each its own: the column is unique, whoever comes first."""
    return [f"{nonce}:{number}" for number in range(1, MOST_OF_A_FORM + 1)]


def ask(request: ConsultationRequest, nonce: str) -> Known:
    """`request`: as it would be stored."""
    question, values = _question(request, nonce)
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        rows = cursor.fetchall()
    counts = {told: count for told, count, *_ in rows if told != "form"}
    of_form = {key: Earlier(pk, place) for told, pk, key, place in rows if told == "form"}
    return Known(of_form, counts.get("address", 0), counts.get("arrived", 0))


def _question(request: ConsultationRequest, nonce: str) -> tuple[str, list[str | None]]:
    """One statement, and its values."""
    since = connection.ops.adapt_datetimefield_value
    parts = [OF_FORM]
    values: list[str | None] = [*form_places(nonce), request.idempotency_key]
    if request.email_key:
        parts.append(FROM_ADDRESS)
        values += [request.email_key, since(request.created_at - DAY)]
    if settings.REQUESTS_A_MINUTE:
        kind = SPAM if request.status == Status.SPAM else NO_SPAM
        parts.append(ARRIVED[kind])
        values += [*kind, since(request.created_at - MINUTE)]
    return " UNION ALL ".join(parts), values
