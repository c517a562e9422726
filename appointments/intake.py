"""Turns what a patient sent into a request and its mails, none of it stored yet: workflow.submit() does that."""

import datetime as dt
import secrets
from collections.abc import Iterator

from appointments import emails
from appointments.answers import Answers
from appointments.choices import Status
from appointments.consents import consents_given
from appointments.models import ConsultationRequest, OutboxMessage
from appointments.references import new_reference
from clinic_site.clinic import reply_by
from clinic_site.clinic_file import get_clinic
from clinic_site.crisis import speaks_of_crisis
from clinic_site.folding import fold, fold_name

CONFIRMATIONS_A_DAY = 3  # to one address
TOKEN_BYTES = 32


def new_token() -> str:
    """What opens a patient's pages; cannot be guessed."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def new_request(answers: Answers, key: str, now: dt.datetime, promised_from: dt.datetime) -> ConsultationRequest:
    """`key`: the answers' idempotency key. The promise made here is the one that page, mail and desk show."""
    clinic = get_clinic()
    promise = reply_by(clinic, clinic.office(answers.office), promised_from)
    crisis = answers.crisis_seen or speaks_of_crisis(answers.note, answers.access_note)
    spam = answers.trapped and not crisis  # a browser may fill the trap, and this is no time to take a chance
    return ConsultationRequest(
        reference=new_reference(),
        token=new_token(),
        idempotency_key=key,
        status=(Status.SPAM if spam else Status.NEW).value,
        created_at=now,
        reply_by=promise,
        due_at=promise,
        ended_at=now if spam else None,
        office=answers.office,
        name=answers.name,
        name_key=fold_name(answers.name),
        phone_typed=answers.phone_typed,
        phone=answers.phone,
        phone_extension=answers.phone_extension,
        email=answers.email,
        email_key=fold(answers.email),
        contact_way=answers.contact_way,
        best_times=list(answers.best_times),
        voicemail=answers.voicemail,
        others_may=answers.others_may,
        texts=answers.texts,
        interpreter=answers.interpreter,
        access=list(answers.access),
        access_note=answers.access_note,
        reason=answers.reason,
        for_whom=answers.for_whom,
        note=answers.note,
        article=answers.article,
        consents=consents_given(answers, clinic, now),
        crisis=crisis,
    )


def messages(request: ConsultationRequest, from_address: int) -> Iterator[OutboxMessage]:
    """Spam is kept for the desk to see, and causes no mail: a robot must not use us to write to others.

    Anyone can type anyone's address: past a few requests a day, the confirmation page has to do. `from_address`: how
    many there were.
    """
    if request.status == Status.SPAM:
        return
    yield emails.new_request_notice(request)
    if request.email and from_address < CONFIRMATIONS_A_DAY:
        yield emails.confirmation(request)
