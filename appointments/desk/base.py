"""What holds for all that is shown at the desk: who has which rights, and what counts as a look."""

from typing import Any

from django.http import HttpRequest

PREFETCH_HEADERS = ("Sec-Purpose", "Purpose", "X-Moz")


class NobodyAddsOrDeletes:
    """Rows that only workflow.py and outbox.py make, and that nothing here removes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def nobody_looks(request: HttpRequest) -> bool:
    """A browser asks ahead, and throws the page away or asks again; or another site asks in somebody's name."""
    ahead = any("prefetch" in request.headers.get(name, "") for name in PREFETCH_HEADERS)
    return ahead or request.headers.get("Sec-Fetch-Site") == "cross-site"
