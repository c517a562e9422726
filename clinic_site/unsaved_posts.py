"""A page of the staff when the database is busy or away: it holds what was typed, to be sent again with one press."""

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clinic_site.one_writer import STAFF

TOKEN, SECRET = "csrfmiddlewaretoken", "password"  # the page has a token of its own; passwords are typed anew
logger = logging.getLogger(__name__)


class UnsavedPostsMiddleware:
    """Answer 503 with `unsaved.html` where a staff page raises OperationalError. Other pages say so themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError) or not request.path.startswith(STAFF):
            return None
        logger.error("A page of the staff could not use the database.", exc_info=exception)
        sent_again = [(name, values) for name, values in request.POST.lists() if name != TOKEN and SECRET not in name]
        typed = [(name, value) for name, values in sent_again for value in values]
        context = {"typed": typed, "files": list(request.FILES), "posted": request.method == "POST"}
        return render(request, "unsaved.html", context, status=503)
