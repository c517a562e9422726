"""The front desk's queue: the list of requests, its tabs, search, filters and actions."""

import re
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from appointments import in_words
from appointments.choices import WAITING
from appointments.desk import facts
from appointments.desk.actions import SHOWN, assign_to_me, export_as_csv, mark_as_spam, undo_last_step
from appointments.desk.base import NobodyAddsOrDeletes
from appointments.desk.filters import OfficeFilter, QueueFilter, StatusFilter
from appointments.desk.print_sheet import PrintSheet, print_sheets
from appointments.models import ConsultationRequest
from appointments.querysets import RequestQuerySet
from appointments.safe_contact import attach_look_alikes
from clinic_site.clinic_file import get_clinic

LOOKUPS = ("queue", "office", "status")
TICK = re.compile(r"[0-9]{1,18}(:[0-9]{1,9})?")  # the key of a row, and the version that was shown
MOST_AT_ONCE = 500  # rows: each is told in a message of its own, or is a line of a file


class QueuePage(ChangeList):
    """The rows of one page, each with the look-alikes that count for it."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        attach_look_alikes(self.result_list)


class Queue(NobodyAddsOrDeletes, PrintSheet):
    actions = [assign_to_me, mark_as_spam, undo_last_step, print_sheets, export_as_csv]
    change_list_template = "admin/appointments/consultationrequest/change_list.html"
    list_display = [
        "reference",
        "status_and_marks",
        "who",
        "office_name",
        "waiting_time",
        "due",
        "safe_contact",
        "last_try",
        "who_has_it",
    ]
    list_filter = [QueueFilter, OfficeFilter, StatusFilter]
    list_per_page = 50
    list_max_show_all = list_per_page  # more ticks at once would be more fields than a form may have
    search_fields = ["reference"]  # get_search_results() looks further
    search_help_text = "Reference, name, e-mail address, or phone number in any form. Ended requests are found too."
    preserve_filters = False  # a search holds a name, and would stand in the address of a request
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False  # it would count every row that was ever stored
    sortable_by = ()  # the tabs say what comes first

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The filters we offer, and no other: Django would let a link ask anything of our own columns."""
        return lookup in LOOKUPS

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return QueuePage

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Consultation requests", **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> RequestQuerySet:
        """With what was joined to each: its marks count as well."""
        return ConsultationRequest.objects.most_urgent_first().prefetch_related("joined")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.matching(search_term.strip()) if search_term.strip() else queryset), False

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """Ticked rows are acted on though they have left this view meanwhile: who ticked them is told of each."""
        ticks = [tick for tick in request.POST.getlist(ACTION_CHECKBOX_NAME) if TICK.fullmatch(tick)]
        ticked = [tick.partition(":")[0] for tick in ticks]
        post = request.POST.copy()
        post.setlist(ACTION_CHECKBOX_NAME, ticked)
        post.setlist(SHOWN, ticks)
        # Django reads it again, and would fall over a key that is no number.
        request.POST = post  # type: ignore[assignment]
        if request.POST.get("select_across") != "1":
            queryset = self.get_queryset(request).filter(pk__in=ticked)
        if queryset.count() > MOST_AT_ONCE:
            text = f"Choose {MOST_AT_ONCE} requests at most: search, or choose a tab. Nothing was done."
            self.message_user(request, text, messages.WARNING)
            return None
        return super().response_action(request, queryset, *args, **kwargs)

    def action_checkbox(self, obj: ConsultationRequest) -> SafeString:
        """With the version that is shown, so that what changed meanwhile is left as it is."""
        box = '<input type="checkbox" name="{}" value="{}:{}" class="action-select" aria-label="Select {}">'
        return format_html(box, ACTION_CHECKBOX_NAME, obj.pk, obj.version, obj.reference)

    @admin.display(description="Status")
    def status_and_marks(self, obj: ConsultationRequest) -> SafeString:
        marks = format_html_join("", ' <span class="mark">{}</span>', ((mark,) for mark in facts.marks(obj)))
        visit = in_words.visit(obj)
        return format_html("{}{}{}", obj.get_status_display(), f": {visit}" if visit else "", marks)

    @admin.display(description="Who", empty_value="No name is kept")
    def who(self, obj: ConsultationRequest) -> str | None:
        return obj.name or None

    @admin.display(description="Office")
    def office_name(self, obj: ConsultationRequest) -> str:
        return in_words.office_name(get_clinic(), obj.office)

    @admin.display(description="Waiting")
    def waiting_time(self, obj: ConsultationRequest) -> str:
        return in_words.waiting_time(obj, timezone.now())

    @admin.display(description="Due")
    def due(self, obj: ConsultationRequest) -> str:
        """In words, and bold once it is late."""
        now = timezone.now()
        late = obj.status in WAITING and obj.due_at < now
        words = in_words.due(obj, get_clinic(), now)
        return format_html("<strong>{}</strong>", words) if late else words

    @admin.display(description="Contact safely")
    def safe_contact(self, obj: ConsultationRequest) -> str:
        return in_words.safe_contact(obj)

    @admin.display(description="Last attempt")
    def last_try(self, obj: ConsultationRequest) -> str:
        return facts.last_attempt(obj)

    @admin.display(description="Who has it")
    def who_has_it(self, obj: ConsultationRequest) -> str:
        return facts.holder(obj)
