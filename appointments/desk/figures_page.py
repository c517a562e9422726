"""The page of figures: each one as a chart, drawn on the server, and as a table."""

import datetime as dt
from collections.abc import Callable

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone

from appointments.choices import Status
from appointments.desk.figures import WEEKS, Figures, Period, figures, reason_in_words
from appointments.models import ConsultationRequest
from clinic_site.charts.drawing import Value, bars, columns, heat_grid
from clinic_site.charts.panels import MOST_BARS, NOTHING, Panel, with_cut_note
from clinic_site.clinic import WEEKDAYS
from clinic_site.dates import clock, day

LABELLED_HOURS = 3  # every third hour is named above the grid


class FiguresPage(admin.ModelAdmin[ConsultationRequest]):
    """The view at figures/ beside the list, for those who may see requests."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.figures_view)
        return [path("figures/", view, name="appointments_consultationrequest_figures"), *super().get_urls()]

    def figures_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Figures",
            "opts": self.opts,
            "weeks": WEEKS,
            "panels": panels(figures(timezone.now())),
        }
        return render(request, "admin/appointments/figures.html", context)


def panels(found: Figures) -> list[Panel]:
    if not found.total.requests:
        return [Panel("weeks", "Requests a week", f"Nobody asked for a consultation in the last {WEEKS} weeks.")]
    makers: list[Callable[[Figures], Panel]] = [_weeks, _waits, _promises, _visits, _outcomes, _declined, _hours]
    return [maker(found) for maker in makers]


def _weeks(found: Figures) -> Panel:
    values = [Value(week.requests, str(week.requests)) for week in found.weeks.values()]
    return Panel(
        "weeks",
        "Requests a week",
        f"{found.total.requests} requests in {WEEKS} weeks. The last week is not over.",
        columns(_labels(found), values),
        ["Week of", "Requests"],
        [[day(monday), week.requests] for monday, week in found.weeks.items()],
    )


def _waits(found: Figures) -> Panel:
    title = "Time to first contact"
    half, most = found.total.wait(50), found.total.wait(90)
    if half is None or most is None:
        return Panel("waits", title, "Nobody has been contacted yet.")
    return Panel(
        "waits",
        title,
        f"Half of the people contacted heard from us within {_hours_in_words(half)}, and 90% within "
        f"{_hours_in_words(most)}. For each week, the column on the left is the time for half of them (the median), "
        "the one on the right the time for 90% (the 90th percentile), in hours.",
        columns(_labels(found), _wait_values(found, 50), _wait_values(found, 90)),
        ["Week of", "Contacted", "Half within", "90% within"],
        [[day(monday), len(week.waits), _wait(week, 50), _wait(week, 90)] for monday, week in found.weeks.items()],
    )


def _wait_values(found: Figures, percent: int) -> list[Value]:
    waits = [week.wait(percent) for week in found.weeks.values()]
    return [Value(_in_hours(wait), _rounded(_in_hours(wait))) if wait is not None else Value(0, "") for wait in waits]


def _wait(week: Period, percent: int) -> str:
    wait = week.wait(percent)
    return NOTHING if wait is None else _hours_in_words(wait)


def _promises(found: Figures) -> Panel:
    title, total, answered = "Contacted by the promised time", found.total, found.answered
    if total.on_time_percent is None:
        return Panel("promises", title, "No promised time has come yet.")
    last = f", and {answered.answered} of the last {answered.all} whose time has come" if answered.all else ""
    return Panel(
        "promises",
        title,
        f"{total.on_time} of {len(total.promises)} people ({total.on_time_percent}%) were contacted by the time they "
        f"were promised{last}. Left out: requests whose time has not come, and those that ended before it without a "
        "contact.",
        columns(_labels(found), [_share(week) for week in found.weeks.values()], full=100),
        ["Week of", "Promises due", "Kept", "Share"],
        [
            [day(monday), len(week.promises), week.on_time, _share(week).shown or NOTHING]
            for monday, week in found.weeks.items()
        ],
    )


def _visits(found: Figures) -> Panel:
    title, visits = "Visits", found.visits
    if visits.missed_percent is None:
        return Panel("visits", title, "Nobody has recorded what came of a visit yet.")
    all_visits = visits.came + visits.missed
    wait = visits.median
    half = f"Half of those who came had their visit within {_days(wait)} of their request. " if wait else ""
    return Panel(
        "visits",
        title,
        f"{half}To {visits.missed} of {all_visits} visits ({visits.missed_percent}%) the patient did not come.",
        bars(["Came", "Did not come"], [Value(count, str(count)) for count in (visits.came, visits.missed)]),
        ["Visits", "Number"],
        [["Came", visits.came], ["Did not come", visits.missed]],
    )


def _days(span: dt.timedelta) -> str:
    """Return days to a tenth below ten: 0.5 days, 1 day, 12 days."""
    shown = _rounded(span / dt.timedelta(days=1))
    return f"{shown} day{'' if shown == '1' else 's'}"


def _share(week: Period) -> Value:
    return Value(0, "") if week.on_time_percent is None else Value(week.on_time_percent, f"{week.on_time_percent}%")


def _outcomes(found: Figures) -> Panel:
    counted = [(status.label, found.outcomes[status]) for status in Status if status != Status.SPAM]
    return Panel(
        "outcomes",
        "Where requests stand",
        "How the requests of these weeks ended. New and Contacting are those that wait.",
        bars([label for label, _ in counted], [Value(count, str(count)) for _, count in counted]),
        ["Status", "Requests"],
        counted,
    )


def _declined(found: Figures) -> Panel:
    title = "Reasons for declining, by article"
    if not found.declined:
        return Panel("declined", title, "No request of these weeks was declined.")
    counted = [
        (reason_in_words(reason), _article(article), count) for (article, reason), count in found.declined.most_common()
    ]
    shown = counted[:MOST_BARS]
    return Panel(
        "declined",
        title,
        with_cut_note("The article is the one that led to the request, where the person let us know.", counted),
        bars([f"{reason} · {article}" for reason, article, _ in shown], [Value(n, str(n)) for _, _, n in shown]),
        ["Reason", "Article", "Requests"],
        counted,
    )


def _article(slug: str) -> str:
    return slug or "no article"


def _hours(found: Figures) -> Panel:
    names = [name.capitalize() for name in WEEKDAYS]
    times = [clock(dt.time(hour)) for hour in range(24)]
    amounts = [[found.hours[weekday, hour] for hour in range(24)] for weekday in range(7)]
    (weekday, hour), most = found.hours.most_common(1)[0]
    return Panel(
        "hours",
        "Busiest hours",
        f"When requests were sent. Up to {most} came in one hour of the week, "
        f"as on {names[weekday]} from {times[hour]} on.",
        heat_grid(names, [time if hour % LABELLED_HOURS == 0 else "" for hour, time in enumerate(times)], amounts),
        ["Hour from", *names],
        [[time, *counts] for time, counts in zip(times, zip(*amounts, strict=True), strict=True)],
    )


def _labels(found: Figures) -> list[str]:
    return [f"{monday:%b} {monday.day}" for monday in found.weeks]


def _in_hours(wait: dt.timedelta) -> float:
    return wait / dt.timedelta(hours=1)


def _rounded(number: float) -> str:
    """Return the number to a tenth below ten: 0.5, 3, 26."""
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}".removesuffix(".0")


def _hours_in_words(wait: dt.timedelta) -> str:
    shown = _rounded(_in_hours(wait))
    return f"{shown} hour{'' if shown == '1' else 's'}"
