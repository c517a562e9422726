"""The admin site of the front desk and the staff editors."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.core.ratelimit import consume_or_429
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from clinic_site.accounts import sessions


class DeskAdminSite(AdminSite):
    site_header = "Clinic desk"
    site_title = "Clinic desk"
    index_title = "Your work"
    site_url = "/"
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        return super().each_context(request) | {"version": settings.VERSION}

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Redirect to the sign-in page of accounts/urls.py, which has limits and a second factor; this one has none."""
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def password_change(  # type: ignore[override] # the stubs know no refusal
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Answer 429 to whoever guesses at the old password, as at a desk that was left open."""
        key = request.session.session_key
        refusal: HttpResponse | None = consume_or_429(request, action="change_password", user=request.user)
        response = refusal or super().password_change(request, extra_context)
        sessions.list_again(request, key)
        return response
