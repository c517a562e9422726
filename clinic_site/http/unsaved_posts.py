"""A staff page for a busy or absent database. It contains the posted values, to submit them again."""

import logging
from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic_site.database.sqlite_queue import STAFF

TOKEN, SECRET = "csrfmiddlewaretoken", "password"  # the page has its own token; passwords must be typed again
logger = logging.getLogger(__name__)


class UnsavedPostsMiddleware:
    """Answer 503 with `unsaved.html` if a staff page raises OperationalError.

    Other pages handle the error themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError) or not request.path.startswith(STAFF):
            return None
        return busy_page(request, exception, posted_values(request))


def busy_page(request: HttpRequest, fault: OperationalError, values: dict[str, Any] | None = None) -> HttpResponse:
    """Log the fault and answer 503. For middleware, too, whose exceptions process_exception() does not get.

    Without `values`, before the CSRF check: another site's post must not become a button, so the page contains what was
    typed only if the browser says that a page of this site posted it.
    """
    logger.error("A page of the staff could not use the database.", exc_info=fault)
    if values is None and is_own_page(request):
        values = posted_values(request)
    context = (values or {}) | {"posted": request.method == "POST" and values is not None}
    return render(request, "unsaved.html", context, status=503)


def is_own_page(request: HttpRequest) -> bool:
    """Return True if the browser says that the post came from a page of this site."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def posted_values(request: HttpRequest) -> dict[str, Any]:
    """Return what _typed.html needs to submit the post again."""
    resubmitted = [(name, values) for name, values in request.POST.lists() if name != TOKEN and SECRET not in name]
    typed = [(name, value) for name, values in resubmitted for value in values]
    return {"typed": typed, "files": list(request.FILES)}
