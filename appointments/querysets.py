"""The verbs by which requests, audit events and outbox messages are looked up: no filter chains elsewhere."""

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import models
from django.db.models import Count, F, Q

from appointments.choices import CHANGES, READS, STEPS, WAITING, Action, Attempt, MailKind, MailStatus, Status
from appointments.phones import digits_to_search
from appointments.references import normalise
from clinic_site.folding import fold, fold_name
from clinic_site.written_once import WrittenOnceQuerySet

if TYPE_CHECKING:
    from appointments.models import AuditEvent, ConsultationRequest, OutboxMessage  # noqa: F401 (named in strings)

LEFT_LYING = dt.timedelta(days=1)
LATE = dt.timedelta(minutes=10)
LINK_LIFE = dt.timedelta(days=30)  # the patient's links work this long
SAME_NAME_WITHIN = dt.timedelta(days=30)
MOST_WORDS = 6  # of a name: each makes the search slower

NEW = Q(status=Status.NEW)
TRIED = (Attempt.NO_ANSWER, Attempt.VOICEMAIL, Attempt.WROTE)
FOR_CALLBACK = Q(status=Status.CONTACTING, last_attempt__in=TRIED)


def _due_before(moment: dt.datetime) -> Q:
    return Q(due_at__lt=moment)


def _due_between(start: dt.datetime, end: dt.datetime) -> Q:
    return Q(due_at__gte=start, due_at__lt=end)


def _in_hands_of(user: str) -> Q:
    return Q(assigned_to=user)


class RequestQuerySet(models.QuerySet["ConsultationRequest"]):
    def waiting(self) -> "RequestQuerySet":
        """Those that the clinic still owes an answer."""
        return self.filter(status__in=WAITING)

    def ended(self) -> "RequestQuerySet":
        """Nobody waits any more. As an exclusion: most rows are among them, and a list of them uses another index."""
        return self.exclude(status__in=WAITING)

    def in_status(self, status: str) -> "RequestQuerySet":
        """As an exclusion as well: the index on the status would make the newest ones wait for a sort of all."""
        return self.exclude(status__in=[other for other in Status if other != status])

    def most_urgent_first(self) -> "RequestQuerySet":
        """Words of a crisis before all others, then by the moment at which somebody must act."""
        return self.order_by("-crisis", "due_at", "pk")

    def newest_first(self) -> "RequestQuerySet":
        """By the primary key: requests are stored as they come, and every other order would sort all that match."""
        return self.order_by("-pk")

    def overdue(self, now: dt.datetime) -> "RequestQuerySet":
        """Waiting beyond the moment at which somebody should have acted."""
        return self.waiting().filter(_due_before(now))

    def due_between(self, start: dt.datetime, end: dt.datetime) -> "RequestQuerySet":
        """Waiting, and due at `start` or later, but before `end`."""
        return self.waiting().filter(_due_between(start, end))

    def untouched(self) -> "RequestQuerySet":
        """New: nobody has tried to reach the person yet."""
        return self.filter(NEW)

    def for_callback(self) -> "RequestQuerySet":
        """Tried, and to be tried again."""
        return self.filter(FOR_CALLBACK)

    def of(self, user: str) -> "RequestQuerySet":
        """Waiting, and in that user's hands."""
        return self.waiting().filter(_in_hands_of(user))

    def tally(self, user: str, now: dt.datetime, midnight: dt.datetime) -> dict[str, int]:
        """How many wait, and for what, in one query; `midnight` ends the clinic's day. Ended ones are not counted."""
        kinds = {
            "overdue": _due_before(now),
            "today": _due_between(now, midnight),
            "new": NEW,
            "callback": FOR_CALLBACK,
            "mine": _in_hands_of(user),
        }
        counts = {name: Count("pk", filter=kind) for name, kind in kinds.items()}
        return self.waiting().aggregate(waiting=Count("pk"), **counts)

    def with_link(self, now: dt.datetime) -> "RequestQuerySet":
        """Those whose patient's pages may still be shown."""
        return self.filter(created_at__gt=now - LINK_LIFE, erased_at=None)

    def matching(self, text: str) -> "RequestQuerySet":
        """By reference, name, e-mail address or phone number, however it is typed.

        The words of a name count in any order, with or without a comma, the first MOST_WORDS of them.
        """
        key = fold(text)
        words = [fold_name(word) for word in key.replace(",", " ").replace(" - ", " ").split()[:MOST_WORDS]]
        found = Q(*(Q(name_key__contains=word) for word in words)) | Q(email_key__contains=key)
        if reference := normalise(text):
            found |= Q(reference=reference)
        if digits := digits_to_search(text):
            found |= Q(phone__contains=digits)
        return self.filter(found)

    def like_any(self, requests: Collection["ConsultationRequest"]) -> "RequestQuerySet":
        """Return all that may be from the same person as one of `requests`, themselves included: compare each pair.

        The pairs share a phone number or an e-mail address, or a name and an office within 30 days. For a single
        request the answer is exact.
        """
        if not requests:
            return self.none()
        sent = [request.created_at for request in requests]
        near = (min(sent) - SAME_NAME_WITHIN, max(sent) + SAME_NAME_WITHIN)
        names, offices = {request.name_key for request in requests}, {request.office for request in requests}
        same = Q(name_key__in=names, office__in=offices, created_at__range=near)
        same |= Q(phone__in={request.phone for request in requests} - {""})
        same |= Q(email_key__in={request.email_key for request in requests} - {""})
        return self.filter(same, erased_at=None).exclude(status=Status.SPAM).order_by("created_at", "pk")

    def like(self, request: "ConsultationRequest") -> "RequestQuerySet":
        """Probably from the same person, and not joined yet."""
        return self.like_any([request]).filter(joined_to=None).exclude(pk=request.pk).exclude(joined__pk=request.pk)

    def unopened(self) -> "RequestQuerySet":
        """Nobody at the desk has looked at them. A row in an export, or beside another request, is no look."""
        return self.exclude(audit_events__action=Action.OPENED)

    def missed(self, now: dt.datetime) -> "RequestQuerySet":
        """Nobody opened them by the moment that the patient was promised."""
        return self.waiting().unopened().filter(reply_by__lt=now)

    def lost(self, now: dt.datetime) -> "RequestQuerySet":
        """What somebody must hear of by another way.

        Nobody opened it in time, or its notice never left; or it was opened, and a day after the promise nobody has
        tried to reach the person.
        """
        waiting = self.waiting()
        notice_failed = Q(messages__kind=MailKind.NOTICE, messages__status=MailStatus.FAILED)
        unseen = waiting.unopened().filter(Q(reply_by__lt=now) | notice_failed)
        left_lying = waiting.filter(last_attempt="", due_at__lt=now - LEFT_LYING)
        return self.filter(Q(pk__in=unseen.values("pk")) | Q(pk__in=left_lying.values("pk")))

    def unseen_spam(self, since: dt.datetime) -> "RequestQuerySet":
        """What the trap caught from `since` on, and nobody has looked at."""
        return self.filter(status=Status.SPAM, created_at__gte=since, erased_at=None).unopened()


class AuditQuerySet(WrittenOnceQuerySet["AuditEvent"]):
    def reads(self) -> "AuditQuerySet":
        return self.filter(action__in=READS)

    def happenings(self) -> "AuditQuerySet":
        """All but who looked."""
        return self.exclude(action__in=READS)

    def changes(self) -> "AuditQuerySet":
        """What changed the request itself."""
        return self.filter(action__in=CHANGES)

    def steps_to_undo(self) -> "AuditQuerySet":
        """The steps that changed something and stand, the last one first; the patient's withdrawal is one of them."""
        return self.filter(action__in=STEPS, undone_by=None).exclude(was={}).order_by("-pk")

    def attempts(self) -> "AuditQuerySet":
        """Tries to reach the patient, without those that were undone."""
        return self.filter(action=Action.ATTEMPT, undone_by=None)

    def since(self, moment: dt.datetime) -> "AuditQuerySet":
        return self.filter(at__gte=moment)

    def unconfirmed(self) -> "AuditQuerySet":
        return self.filter(action=Action.UNCONFIRMED)


class OutboxQuerySet(models.QuerySet["OutboxMessage"]):
    def due(self, now: dt.datetime) -> "OutboxQuerySet":
        """To be sent now, and in nobody's hands: not leased, or the lease ran out with its worker."""
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.filter(free, status=MailStatus.WAITING, next_try_at__lte=now).order_by("next_try_at")

    def given_up(self) -> "OutboxQuerySet":
        """Mails that nobody will get."""
        return self.filter(status=MailStatus.FAILED)

    def to_act_on(self) -> "OutboxQuerySet":
        """Mails that somebody at the desk has to make up for: about requests that wait, and news.

        News counts until somebody notes, later, that the patient was told in another way.
        """
        news = Q(kind=MailKind.NEWS)
        unsettled = self.filter(news | Q(request__status__in=WAITING))
        return unsettled.exclude(news & Q(request__notes__at__gt=F("created_at")))

    def try_to_write(self) -> None:
        """Raises DatabaseError where the database takes no changes. Changes nothing itself: no mail has that number."""
        self.filter(pk=UUID(int=0)).update(attempts=0)

    def late(self, now: dt.datetime) -> "OutboxQuerySet":
        """Mails that should have left a while ago: the worker is down, or the mail server is."""
        return self.filter(status=MailStatus.WAITING, created_at__lte=now - LATE)
