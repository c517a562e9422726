"""Consultation requests."""

import datetime as dt
from collections.abc import Collection

from django.db import models
from django.db.models import Case, Count, Q, When

from appointments.choices import (
    WAITING,
    Action,
    Attempt,
    ContactWay,
    DeclineReason,
    ForWhom,
    MailKind,
    MailStatus,
    OthersMay,
    Reason,
    Status,
)
from appointments.phones import digits_to_search
from appointments.references import normalise
from clinic_site.clinic import open_time_ago
from clinic_site.clinic_yaml import get_clinic
from clinic_site.text.folding import fold, fold_name
from clinic_site.text.phones import format_phone

LEFT_LYING = dt.timedelta(days=1)  # after the promise, without an attempt
LINK_LIFE = dt.timedelta(days=30)  # the patient's links work this long
AFTER_VISIT = dt.timedelta(days=2)  # and so long after the start of a visit
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
        """Filter requests that the clinic still owes an answer."""
        return self.filter(status__in=WAITING)

    def ended(self) -> "RequestQuerySet":
        """Filter ended requests, by an exclusion: most rows are among them, and so a list uses another index."""
        return self.exclude(status__in=WAITING)

    def in_status(self, status: str) -> "RequestQuerySet":
        """Filter by status, by an exclusion: the index on the status would sort all matches for the newest ones."""
        return self.exclude(status__in=[other for other in Status if other != status])

    def most_urgent_first(self, now: dt.datetime) -> "RequestQuerySet":
        """Order by words of a crisis first, then what can be done now, then by the moment at which somebody must act.

        Calls with a later `try_from` come last. All matches are sorted: filter by waiting() or by a tab of the queue.
        """
        later = Case(When(try_from__gt=now, then=1), default=0)
        return self.order_by("-crisis", later.asc(), "due_at", "pk")

    def less_urgent_than(self, request: "ConsultationRequest", now: dt.datetime) -> "RequestQuerySet":
        """Filter what comes after `request` in most_urgent_first(), as the request is at this moment.

        Planned calls come after another planned call alone, so that those who were just called do not come up again.
        """
        planned, ready = Q(try_from__gt=now), Q(try_from=None) | Q(try_from__lte=now)
        later = Q(due_at__gt=request.due_at) | Q(due_at=request.due_at, pk__gt=request.pk)
        alike, below = Q(crisis=request.crisis) & later, Q(crisis=False) if request.crisis else Q(pk=None)
        if request.try_from and request.try_from > now:
            return self.filter(planned & alike | below)
        return self.filter(ready, alike | below)

    def older_than(self, request: "ConsultationRequest") -> "RequestQuerySet":
        """Filter what comes after `request` in newest_first()."""
        return self.filter(pk__lt=request.pk)

    def newest_first(self) -> "RequestQuerySet":
        """Order by primary key: requests are stored as they come, and any other order would sort all matches."""
        return self.order_by("-pk")

    def overdue(self, now: dt.datetime) -> "RequestQuerySet":
        """Filter waiting requests on which somebody should have acted by `now`."""
        return self.waiting().filter(_due_before(now))

    def due_between(self, start: dt.datetime, end: dt.datetime) -> "RequestQuerySet":
        """Filter waiting requests due at `start` or later, but before `end`."""
        return self.waiting().filter(_due_between(start, end))

    def untouched(self) -> "RequestQuerySet":
        """Filter new requests: nobody has tried to reach the person yet."""
        return self.filter(NEW)

    def for_callback(self) -> "RequestQuerySet":
        """Filter requests with an attempt, and another one due."""
        return self.filter(FOR_CALLBACK)

    def of(self, user: str) -> "RequestQuerySet":
        """Filter waiting requests assigned to that user."""
        return self.waiting().filter(_in_hands_of(user))

    def tally(self, user: str, now: dt.datetime, midnight: dt.datetime) -> dict[str, int]:
        """Return how many wait, and for what, in one query; `midnight` ends the clinic's day."""
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
        """Filter requests whose patient's pages may still be shown: LINK_LIFE, and AFTER_VISIT after the last visit.

        An offered, picked or cancelled visit counts as well: whoever cancels it must be able to read that it is.
        """
        in_use = Q(created_at__gt=now - LINK_LIFE) | Q(visits__starts_at__gt=now - AFTER_VISIT)
        return self.filter(in_use, erased_at=None).distinct()

    def matching(self, text: str) -> "RequestQuerySet":
        """Filter by reference, name, e-mail address or phone number, however it is typed.

        The words of a name count in any order, with or without a comma, the first MOST_WORDS of them.
        """
        key = fold(text)
        words = [fold_name(word) for word in key.replace(",", " ").replace(" - ", " ").split()[:MOST_WORDS]]
        found = Q(*(Q(name_key__contains=word) for word in words)) | Q(email_key__contains=key)
        reference = normalise(text)
        if reference:
            found |= Q(reference=reference)
        # The digits of a reference with letters stand in the numbers of strangers.
        digits = "" if any(map(str.isalpha, reference)) else digits_to_search(text)
        if digits:
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
        """Filter look-alikes of the request that are not joined yet."""
        return self.like_any([request]).filter(joined_to=None).exclude(pk=request.pk).exclude(joined__pk=request.pk)

    def unopened(self) -> "RequestQuerySet":
        """Filter requests that nobody at the desk opened. An export or a comparison does not count as opening."""
        return self.exclude(audit_events__action=Action.OPENED)

    def missed(self, now: dt.datetime) -> "RequestQuerySet":
        """Filter requests that nobody opened by the promised moment."""
        return self.waiting().unopened().filter(reply_by__lt=now)

    def lost(self, now: dt.datetime) -> "RequestQuerySet":
        """Filter requests that need an alarm.

        Nobody opened the request in time, or its notice failed; or nobody has tried to reach the person a day after
        the promise, and after words of a crisis within `crisis_alarm_after` of open time.
        """
        waiting, clinic = self.waiting(), get_clinic()
        in_crisis = Q(crisis=True, created_at__lte=open_time_ago(clinic, clinic.crisis_alarm_after, now))
        notice_failed = Q(messages__kind=MailKind.NOTICE, messages__status=MailStatus.FAILED)
        unseen = waiting.unopened().filter(Q(reply_by__lt=now) | notice_failed)
        left_lying = waiting.filter(in_crisis | Q(due_at__lt=now - LEFT_LYING), last_attempt="")
        return self.filter(Q(pk__in=unseen.values("pk")) | Q(pk__in=left_lying.values("pk")))

    def unseen_spam(self, since: dt.datetime) -> "RequestQuerySet":
        """Filter spam from `since` on that nobody has opened."""
        return self.filter(status=Status.SPAM, created_at__gte=since, erased_at=None).unopened()


class ConsultationRequest(models.Model):
    """One person's request to hear from the clinic. The comments say why each answer is stored at all."""

    reference = models.CharField(max_length=7, unique=True)  # to speak about a request without a name
    token = models.CharField(max_length=43, unique=True)  # opens the patient's pages; cannot be guessed
    idempotency_key = models.CharField(max_length=64, unique=True)  # makes two presses of a button one request
    form_place = models.CharField(max_length=40, unique=True, null=True)  # noqa: DJ001 (several hold none; see intake.py)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)  # who has to act next
    created_at = models.DateTimeField("received")  # how long somebody has waited
    reply_by = models.DateTimeField()  # the promise the patient was given
    office = models.SlugField(blank=True, db_index=False)  # which desk answers; empty: no preference

    name = models.CharField(max_length=200)  # whom to ask for
    phone_typed = models.CharField("phone as typed", max_length=200, blank=True)  # to spot a slip in the number
    phone = models.CharField(max_length=20, blank=True)  # to call or text, and to search; E.164
    phone_extension = models.CharField("extension", max_length=20, blank=True)  # to get through to the person
    email = models.EmailField("e-mail", blank=True)  # to write to people who cannot use a phone
    contact_way = models.CharField(max_length=10, choices=ContactWay, blank=True)  # to reach people safely
    best_times = models.JSONField(default=list, blank=True)  # to call when somebody can speak
    voicemail = models.BooleanField(default=False)  # so that nobody else hears a message
    # the same at home or work
    others_may = models.CharField(max_length=20, choices=OthersMay, default=OthersMay.NOTHING)
    texts = models.BooleanField(default=False)  # texts need their own consent

    interpreter = models.CharField(max_length=150, blank=True)  # to have the right language on the line
    access = models.JSONField(default=list, blank=True)  # to offer an office that fits; keys of ACCESS
    access_note = models.CharField(max_length=200, blank=True)  # needs that are not in the list
    reason = models.CharField(max_length=20, choices=Reason, blank=True)  # to pass it to the right person
    for_whom = models.CharField(max_length=20, choices=ForWhom, blank=True)  # to know who is on the line
    note = models.CharField(max_length=200, blank=True)  # what the desk should know; not for health details
    article = models.CharField("came from", max_length=100, blank=True)  # which article led here, if the patient agreed
    consents = models.JSONField(default=list)  # consents word for word, with version and moment
    crisis = models.BooleanField(default=False)  # the free text has words of a crisis: to be read first

    name_key = models.CharField(max_length=800, blank=True)  # fold_name() of the name, to search and to find duplicates
    email_key = models.CharField(max_length=800, blank=True)  # fold() of the address, for the same purposes

    version = models.PositiveIntegerField(default=0)  # incremented by each change, to detect conflicting changes
    # by when the desk must act next: the promise at first, then the end of the next try
    due_at = models.DateTimeField()
    try_from = models.DateTimeField(null=True, blank=True)  # when that try may begin; empty: no call is planned
    assigned_to = models.CharField(max_length=150, blank=True)  # user name; empty: nobody
    last_attempt = models.CharField(max_length=20, choices=Attempt, blank=True)
    last_attempt_at = models.DateTimeField(null=True, blank=True)
    # start and office of the booked visit, as lists and mails need them; empty where scheduled: marked before times
    # were stored. `office` is the requested one.
    visit_at = models.DateTimeField(null=True, blank=True)
    visit_office = models.SlugField(blank=True, default="", db_default="", db_index=False)
    earlier_wanted_at = models.DateTimeField(null=True, blank=True)  # place in the waiting list for an earlier time
    answer = models.CharField(max_length=500, blank=True, default="", db_default="")  # the desk's to the patient
    answered_at = models.DateTimeField(null=True, blank=True)
    by_phone = models.BooleanField(default=False, db_default=False)  # the desk wrote down what a caller said
    declined_because = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    joined_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="joined")
    ended_at = models.DateTimeField(null=True, blank=True)  # when the request left WAITING
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = RequestQuerySet.as_manager()
    counted_look_alikes: "list[ConsultationRequest] | None" = None  # see policies.contact.attach_look_alikes()

    class Meta:
        verbose_name = "consultation request"
        default_permissions = ("view", "change")
        indexes = [
            models.Index(fields=["status", "created_at"], name="request_status_created"),
            models.Index(fields=["status", "due_at"], name="request_status_due"),
            models.Index(fields=["phone"], name="request_phone"),
            models.Index(fields=["email_key"], name="request_email_key"),
            models.Index(fields=["name_key"], name="request_name_key"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def promised_by(self) -> dt.datetime:
        """The promise to the patient. Before the first attempt the desk may be due earlier: after words of a crisis."""
        return self.due_at if self.last_attempt else max(self.due_at, self.reply_by)

    @property
    def phone_shown(self) -> str:
        """The formatted number with its extension; "" if there is none."""
        if not self.phone:
            return ""
        extension = f" ext. {self.phone_extension}" if self.phone_extension else ""
        return format_phone(self.phone) + extension
