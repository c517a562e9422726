"""What the front desk can narrow the list down to. Each is a parameter of the address, so each view is a link."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.http import HttpRequest
from django.utils import timezone

from appointments.choices import Status
from appointments.in_words import NO_PREFERENCE
from appointments.querysets import RequestQuerySet
from clinic_site.clinic_file import get_clinic

NO_OFFICE = "none"
SELECT = "admin/appointments/consultationrequest/select.html"


@dataclass(frozen=True)
class Look:
    """Who looks at the queue, and when."""

    user: str
    now: dt.datetime

    @property
    def midnight(self) -> dt.datetime:
        """The end of the clinic's day."""
        tomorrow = get_clinic().local(self.now) + dt.timedelta(days=1)
        return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Tab:
    label: str
    nothing: str  # told where it is empty
    narrow: Callable[[RequestQuerySet, Look], RequestQuerySet]


# In the order in which they matter; those that wait are counted by RequestQuerySet.tally() under the same names.
TABS = {
    "overdue": Tab("Overdue", "Nothing is overdue.", lambda requests, look: requests.overdue(look.now)),
    "today": Tab(
        "Due today", "Nothing more is due today.", lambda requests, look: requests.due_between(look.now, look.midnight)
    ),
    "new": Tab("New", "No request is new.", lambda requests, look: requests.untouched()),
    "callback": Tab(
        "Waiting for a callback", "Nobody waits for a callback.", lambda requests, look: requests.for_callback()
    ),
    "mine": Tab("Mine", "No request is in your hands.", lambda requests, look: requests.of(look.user)),
    "waiting": Tab("All waiting", "Nobody is waiting.", lambda requests, look: requests.waiting()),
    "ended": Tab("Ended", "No request has ended.", lambda requests, look: requests.ended().newest_first()),
}
EVERYTHING = Tab("Everything", "Nothing is stored.", lambda requests, look: requests.newest_first())


class QueueFilter(SimpleListFilter):
    """The tabs. Without one, all that wait are shown; a search or a status without one looks through everything."""

    title = "queue"
    parameter_name = "queue"
    template = "admin/appointments/consultationrequest/tabs.html"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [(name, tab.label) for name, tab in TABS.items()]

    @property
    def chosen(self) -> str:
        """The name of the tab; "" for everything."""
        if self.value() in TABS:
            return str(self.value())
        looks_for = self.request.GET.get(SEARCH_VAR, "").strip() or self.request.GET.get(StatusFilter.parameter_name)
        return "" if looks_for else "waiting"

    @property
    def tab(self) -> Tab:
        return TABS.get(self.chosen, EVERYTHING)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return self.tab.narrow(queryset, _look(request))

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Each tab with what it would show, under the same search and filters."""
        look = _look(self.request)
        all_tabs: Any = changelist.get_queryset(self.request, exclude_parameters=self.expected_parameters())
        counts = all_tabs.tally(look.user, look.now, look.midnight)
        for name, tab in TABS.items():
            yield {
                "selected": name == self.chosen,
                "query_string": changelist.get_query_string({self.parameter_name: name}),
                "display": tab.label,
                "count": counts.get(name),
            }


class OfficeFilter(SimpleListFilter):
    title = "office"
    parameter_name = "office"
    template = SELECT

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [*((office.slug, office.name) for office in get_clinic().offices), (NO_OFFICE, NO_PREFERENCE)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(office="" if self.value() == NO_OFFICE else self.value())


class StatusFilter(SimpleListFilter):
    title = "status"
    parameter_name = "status"
    template = SELECT

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [(status.value, status.label) for status in Status]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.in_status(self.value()) if self.value() in dict(self.lookup_choices) else queryset


def _look(request: HttpRequest) -> Look:
    return Look(request.user.get_username(), timezone.now())
