"""Refuses, before anything is read, what no form of ours sends: large bodies and texts that are not UTF-8."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PLAIN = "text/plain; charset=utf-8"


class RequestLimitsMiddleware:
    """413 for a body over DATA_UPLOAD_MAX_MEMORY_SIZE bytes, files included; 400 for another charset."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return HttpResponse("This is more than a form of ours sends.\n", status=413, content_type=PLAIN)
        if (request.content_params or {}).get("charset", "utf-8").lower() != "utf-8":
            return HttpResponse("Send text as UTF-8.\n", status=400, content_type=PLAIN)
        return self.get_response(request)
