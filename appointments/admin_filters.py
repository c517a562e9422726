"""What the front desk can narrow the list down to."""

import datetime as dt
from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.http import HttpRequest
from django.utils import timezone

from appointments.in_words import NO_PREFERENCE
from appointments.models import RequestQuerySet
from clinic_site.clinic_file import get_clinic

NO_OFFICE = "none"


class OfficeFilter(SimpleListFilter):
    title = "office"
    parameter_name = "office"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [*((office.slug, office.name) for office in get_clinic().offices), (NO_OFFICE, NO_PREFERENCE)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if not self.value():
            return queryset
        return queryset.filter(office="" if self.value() == NO_OFFICE else self.value())


class DueFilter(SimpleListFilter):
    title = "due"
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[tuple[str, str]]:
        return [("overdue", "Overdue"), ("today", "Due today"), ("waiting", "Waiting")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        now = timezone.now()
        narrowed = {"overdue": _overdue, "today": _due_today, "waiting": _waiting}.get(self.value() or "")
        return narrowed(queryset, now) if narrowed else queryset


def _overdue(requests: RequestQuerySet, now: dt.datetime) -> RequestQuerySet:
    return requests.overdue(now)


def _due_today(requests: RequestQuerySet, now: dt.datetime) -> RequestQuerySet:
    here = get_clinic().local(now)
    midnight = (here + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return requests.due_between(now, midnight)


def _waiting(requests: RequestQuerySet, now: dt.datetime) -> RequestQuerySet:
    return requests.waiting()
