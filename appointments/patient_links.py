"""The end of a patient's link: what is shown where it opens no request."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from appointments.querysets import LINK_LIFE


def link_is_over(request: HttpRequest) -> HttpResponse:
    """A page of its own, with status 404. The same for an unknown, an old and an erased one: it tells nothing."""
    response = render(request, "appointments/status_link_over.html", {"days": LINK_LIFE.days}, status=404)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
