"""The day sheet, to print, and the list of a week: the visits by office and calendar."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_GET

from appointments import workflow
from appointments.choices import Action
from appointments.desk.access import is_no_look
from appointments.desk.calendars.rows import by_calendar, place_of, places, requests_of, visits_of
from appointments.models import ConsultationRequest
from appointments.visit_time import parse_date
from clinic_site.clinic_yaml import get_clinic

DAY, WEEK = 1, 7
NAME = "appointments_consultationrequest"


class CalendarPages(admin.ModelAdmin[ConsultationRequest]):
    """The views at day/ and week/ beside the list, for those who may see requests."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("day/", wrap(self.day_view), name=f"{NAME}_day"),
            path("week/", wrap(self.week_view), name=f"{NAME}_week"),
            *super().get_urls(),
        ]

    @method_decorator(require_GET)
    def day_view(self, request: HttpRequest) -> HttpResponse:
        """Show the sheet of a day; the audit trail says of each request on it who printed it."""
        return self._answer(request, DAY)

    @method_decorator(require_GET)
    def week_view(self, request: HttpRequest) -> HttpResponse:
        """Show the week of a day, from Monday on; like the queue, the list is no look at a request."""
        return self._answer(request, WEEK)

    def _answer(self, request: HttpRequest, days: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if is_no_look(request):
            return HttpResponse(status=403)
        clinic, now, actor = get_clinic(), timezone.now(), request.user.get_username()
        day = _possible_day(request.GET.get("date", "")) or clinic.today(now)
        first = day - dt.timedelta(days=day.weekday()) if days == WEEK else day
        place = place_of(clinic, request.GET.get("where", ""))
        visits = visits_of(clinic, place, first, days)
        context: dict[str, Any] = {
            "first": first,
            "before": first - dt.timedelta(days=days),
            "after": first + dt.timedelta(days=days),
            "where": place.value,
            "place": dict(places(clinic))[place.value],
            "places": places(clinic),
            "calendars": by_calendar(clinic, visits),
            "now": now,
            "actor": actor,
        }
        if days == DAY:
            workflow.record_each(requests_of(visits), Action.PRINTED, actor, now)
            return render(request, "admin/appointments/day_sheet.html", context)
        context |= {**self.admin_site.each_context(request), "title": "Week", "opts": self.opts}
        return render(request, "admin/appointments/week.html", context)


def _possible_day(text: str) -> dt.date | None:
    """Return parse_date() of the text within the years that a visit can have; None for anything else."""
    day = parse_date(text)
    return day if day and 2000 <= day.year < 2200 else None
