"""Rights at the desk, and which requests for a page count as a look."""

from typing import Any

from django.http import HttpRequest

PREFETCH_HEADERS = ("Sec-Purpose", "Purpose", "X-Moz")


class NobodyAddsOrDeletes:
    """ModelAdmin mixin: only workflow.py and outbox.py add rows, and nothing deletes any."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def is_no_look(request: HttpRequest) -> bool:
    """Return True for prefetches and cross-site requests, which must not count as a look."""
    ahead = any("prefetch" in request.headers.get(name, "") for name in PREFETCH_HEADERS)
    return ahead or request.headers.get("Sec-Fetch-Site") == "cross-site"
