"""Django admin as the front desk and the staff editors meet it."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest


class DeskAdminSite(AdminSite):
    site_header = "Clinic desk"
    site_title = "Clinic desk"
    index_title = "Your work"
    site_url = "/"
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"version": settings.VERSION}
