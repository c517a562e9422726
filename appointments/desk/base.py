"""The rights that hold for all that is shown at the desk."""

from typing import Any

from django.http import HttpRequest


class NobodyAddsOrDeletes:
    """Rows that only workflow.py and outbox.py make, and that nothing here removes."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
