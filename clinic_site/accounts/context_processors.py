"""Context for the templates of the pages in accounts/urls.py."""

from typing import Any

from django.contrib import admin
from django.db import OperationalError
from django.http import HttpRequest

from clinic_site.database.sqlite_queue import STAFF


def desk_frame(request: HttpRequest) -> dict[str, Any]:
    """Return what Django admin's base template needs, on pages below /admin/ that are not the admin site's."""
    match = request.resolver_match
    ours = match and not match.namespaces and request.path.startswith(STAFF)
    try:
        return admin.site.each_context(request) if ours else {}
    except OperationalError:  # the page that says so is rendered with this context, too
        return {}
