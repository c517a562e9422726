"""The front desk's queue: the list of requests, its tabs, search, filters and actions."""

import re
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from appointments.choices import WAITING
from appointments.desk import labels, last_view
from appointments.desk.access import NobodyAddsOrDeletes
from appointments.desk.queue.actions import SHOWN, assign_to_me, export_as_csv, mark_as_spam, undo_last_step
from appointments.desk.queue.filters import OfficeFilter, QueueFilter, StatusFilter
from appointments.desk.request.print_sheet import PrintSheet, print_sheets
from appointments.models import ConsultationRequest
from appointments.models.requests import RequestQuerySet
from appointments.policies.contact import attach_look_alikes, stricter_look_alikes
from clinic_site.clinic_yaml import get_clinic
from clinic_site.dates import clock, short

TICK = re.compile(r"[0-9]{1,18}(:[0-9]{1,9})?")  # the key of a row, and the version that was shown
NOTHING = "–"
CHIP_CLASSES = {True: "chip-yes", False: "chip-no"}
MOST_AT_ONCE = 500  # rows: each gets its own message, or a line of a file


class QueuePage(ChangeList):
    """The rows of one page, each with the look-alikes that count for it."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        attach_look_alikes(self.result_list)


class Queue(NobodyAddsOrDeletes, PrintSheet):
    actions = [assign_to_me, mark_as_spam, undo_last_step, print_sheets, export_as_csv]
    change_list_template = "admin/appointments/consultationrequest/change_list.html"
    list_display = [
        "who",
        "status_and_marks",
        "call",
        "office_name",
        "waiting_time",
        "due",
        "safe_contact",
        "last_try",
        "who_has_it",
    ]
    list_filter = [QueueFilter, OfficeFilter, StatusFilter]
    list_per_page = 50
    list_max_show_all = list_per_page  # more ticks would exceed DATA_UPLOAD_MAX_NUMBER_FIELDS
    search_fields = ["reference"]  # get_search_results() looks further
    search_help_text = "Reference, name, e-mail address, or phone number in any form. Ended requests are found too."
    preserve_filters = False  # a search may contain a name, which must not get into the address of a request
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False  # avoids a count of all rows
    sortable_by = ()  # the tabs define the order

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow only our own filters: Django would let a link query any column."""
        return lookup in last_view.FILTERS

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return QueuePage

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the queue, and store the view for the pages of its requests."""
        response = super().changelist_view(request, {"title": "Consultation requests", **(extra_context or {})})
        if response.status_code == HTTPStatus.OK:
            last_view.remember(request)
        return response

    def get_queryset(self, request: HttpRequest) -> RequestQuerySet:
        """Return the requests with those joined to each: their marks count as well."""
        return ConsultationRequest.objects.most_urgent_first(timezone.now()).prefetch_related("joined")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.matching(search_term.strip()) if search_term.strip() else queryset), False

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """Act also on ticked rows that no longer match the filters, and report each."""
        ticks = [tick for tick in request.POST.getlist(ACTION_CHECKBOX_NAME) if TICK.fullmatch(tick)]
        ticked = [tick.partition(":")[0] for tick in ticks]
        post = request.POST.copy()
        post.setlist(ACTION_CHECKBOX_NAME, ticked)
        post.setlist(SHOWN, ticks)
        # Django reads the post again and would raise for a key that is not a number.
        request.POST = post  # type: ignore[assignment]
        if request.POST.get("select_across") != "1":
            queryset = self.get_queryset(request).filter(pk__in=ticked)
        if queryset.count() > MOST_AT_ONCE:
            text = f"Choose {MOST_AT_ONCE} requests at most: search, or choose a tab. Nothing was done."
            self.message_user(request, text, messages.WARNING)
            return None
        return super().response_action(request, queryset, *args, **kwargs)

    def action_checkbox(self, obj: ConsultationRequest) -> SafeString:
        """Return the checkbox with the version that is shown, so that a request changed meanwhile stays as it is."""
        box = '<input type="checkbox" name="{}" value="{}:{}" class="action-select" aria-label="Select {}">'
        return format_html(box, ACTION_CHECKBOX_NAME, obj.pk, obj.version, obj.reference)

    @admin.display(description="Who")
    def who(self, obj: ConsultationRequest) -> SafeString:
        return format_html(
            '<span class="who-name">{}</span> <span class="who-reference">{}</span>',
            obj.name or "No name is kept",
            obj.reference,
        )

    @admin.display(description="Status")
    def status_and_marks(self, obj: ConsultationRequest) -> SafeString:
        marks = format_html_join("", ' <span class="mark">{}</span>', ((mark,) for mark in labels.marks(obj)))
        visit = labels.visit(obj)
        return format_html("{}{}{}", obj.get_status_display(), f": {visit}" if visit else "", marks)

    @admin.display(description="Call", empty_value=NOTHING)
    def call(self, obj: ConsultationRequest) -> str | None:
        """Return the number, as a link while it may be called, else with the moment from which it may."""
        now = timezone.now()
        earliest = labels.not_before(obj, get_clinic(), now)
        if not obj.phone or labels.no_calls(obj):
            return obj.phone_shown or None
        if earliest:
            today = get_clinic().today(earliest) == get_clinic().today(now)
            words = clock(earliest) if today else short(earliest, now)
            return format_html("{} <small>from {}</small>", obj.phone_shown, words)
        return format_html('<a href="{}">{}</a>', labels.phone_link(obj), obj.phone_shown)

    @admin.display(description="Office")
    def office_name(self, obj: ConsultationRequest) -> str:
        return labels.short_office_name(get_clinic(), obj.office)

    @admin.display(description="Waiting")
    def waiting_time(self, obj: ConsultationRequest) -> str:
        return labels.waiting_time(obj, timezone.now())

    @admin.display(description="Due", empty_value=NOTHING)
    def due(self, obj: ConsultationRequest) -> str | None:
        """Return by when somebody must act, and in words and bold once it is late; nothing for an ended request."""
        now = timezone.now()
        if obj.status not in WAITING:
            return None
        late = obj.due_at < now
        return format_html("<strong>Overdue: {}</strong>", short(obj.due_at, now)) if late else short(obj.due_at, now)

    @admin.display(description="Contact safely")
    def safe_contact(self, obj: ConsultationRequest) -> SafeString:
        chips = ((CHIP_CLASSES[chip.allowed], chip.text) for chip in labels.chips(obj))
        stricter = ", ".join(other.reference for other in stricter_look_alikes(obj))
        see = format_html(" <small>see {}</small>", stricter) if stricter else ""
        return format_html("{}{}", format_html_join(" ", '<span class="chip {}">{}</span>', chips), see)

    @admin.display(description="Last attempt", empty_value=NOTHING)
    def last_try(self, obj: ConsultationRequest) -> str | None:
        if obj.last_attempt_at is None:
            return None
        return f"{obj.get_last_attempt_display()} {short(obj.last_attempt_at, timezone.now())}"

    @admin.display(description="Who has it", empty_value=NOTHING)
    def who_has_it(self, obj: ConsultationRequest) -> str | None:
        return obj.assigned_to or None
