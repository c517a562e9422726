"""Refuse bodies that no form of this site sends, before they are read: large ones and text that is not UTF-8."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PLAIN = "text/plain; charset=utf-8"
LENGTH = re.compile("[0-9]{1,18}")
FORM = 64 * 1024  # bytes: a form of this site is a few kilobytes
# Path prefix -> limit in bytes for signed-in staff: pictures and whole articles. The first match counts.
LARGER = {"/admin/articles/contentfile/pictures/": 12 * 1024 * 1024, "/admin/articles/": 5 * 1024 * 1024 // 4}


def largest(path: str) -> int:
    """Return the largest body, in bytes, that a request to `path` may have."""
    return next((limit for prefix, limit in LARGER.items() if path.startswith(prefix)), FORM)


def body_length(text: str) -> int:
    """Return the value of a Content-Length header, in bytes. Raises ValueError for anything but the digits 0 to 9.

    str.isdigit() accepts "²" and int() does not; int() accepts "٣" and "1_0", and refuses 5,000 digits.
    """
    if not LENGTH.fullmatch(text):
        raise ValueError("no length of a body")
    return int(text)


class RequestLimitsMiddleware:
    """Answer 413 for a body over the limit of its path, and 400 for another charset or a missing length."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            length = body_length(request.META.get("CONTENT_LENGTH") or "0")
        except ValueError:
            return HttpResponse("Say how long this is.\n", status=400, content_type=PLAIN)
        if length > largest(request.path):
            return HttpResponse("This is more than a form of ours sends.\n", status=413, content_type=PLAIN)
        if (request.content_params or {}).get("charset", "utf-8").lower() != "utf-8":
            return HttpResponse("Send text as UTF-8.\n", status=400, content_type=PLAIN)
        return self.get_response(request)
