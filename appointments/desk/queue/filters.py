"""Filters of the queue. Each is a parameter of the address, so each view is a link."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.http import HttpRequest
from django.utils import timezone

from appointments.choices import Status
from appointments.desk.labels import NO_PREFERENCE
from appointments.models import OutboxMessage
from appointments.models.requests import RequestQuerySet
from clinic_site.clinic_yaml import get_clinic

NO_OFFICE = "none"
SELECT = "admin/appointments/consultationrequest/select.html"


@dataclass(frozen=True)
class Look:
    """The user who looks at the queue, and the moment."""

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
    nothing: str  # shown if the tab is empty
    narrow: Callable[[RequestQuerySet, Look], RequestQuerySet]
    newest_first: bool = False  # else the most urgent first


# Most important first; RequestQuerySet.tally() counts waiting requests under the same names.
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
    "ended": Tab("Ended", "No request has ended.", lambda requests, look: requests.ended(), newest_first=True),
}
# Without a tab of their own: the start page leads to them.
RARE = {
    "alarms": Tab("Alarms", "No alarm is open.", lambda requests, look: requests.lost(look.now)),
    "mail": Tab("Undelivered mail", "No mail waits for a step.", lambda requests, look: _undelivered(requests)),
}
VIEWS = TABS | RARE
EVERYTHING = Tab("Everything", "Nothing is stored.", lambda requests, look: requests, newest_first=True)


class QueueFilter(SimpleListFilter):
    """The tabs. Without a tab all waiting requests are shown; a search or a status without a tab covers all."""

    title = "queue"
    parameter_name = "queue"
    template = "admin/appointments/consultationrequest/tabs.html"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [(name, tab.label) for name, tab in VIEWS.items()]

    @property
    def chosen(self) -> str:
        """Return the name of the tab; "" for all requests."""
        if self.value() in VIEWS:
            return str(self.value())
        looks_for = self.request.GET.get(SEARCH_VAR, "").strip() or self.request.GET.get(StatusFilter.parameter_name)
        return "" if looks_for else "waiting"

    @property
    def tab(self) -> Tab:
        return VIEWS.get(self.chosen, EVERYTHING)

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        found = self.tab.narrow(queryset, _look(request))
        return found.newest_first() if self.tab.newest_first else found

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Yield each tab, and the chosen one of RARE, with the count that it would show under the same filters."""
        look = _look(self.request)
        all_tabs: Any = changelist.get_queryset(self.request, exclude_parameters=self.expected_parameters())
        counts = all_tabs.tally(look.user, look.now, look.midnight)
        for name, tab in (TABS | {name: tab for name, tab in RARE.items() if name == self.chosen}).items():
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


def _undelivered(requests: RequestQuerySet) -> RequestQuerySet:
    return requests.filter(pk__in=OutboxMessage.objects.given_up().to_act_on().values("request"))


def _look(request: HttpRequest) -> Look:
    return Look(request.user.get_username(), timezone.now())
