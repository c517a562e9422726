"""What each request for a page of the staff must pass before its view runs."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from clinic_site.accounts import sessions
from clinic_site.accounts.factors import FACTORS, has_proved_factor
from clinic_site.database.sqlite_queue import STAFF
from clinic_site.http.unsaved_posts import busy_page

ENROL = "Set up a second factor first: a passkey or an authenticator app. Then the desk opens."


class StaffOnlyMiddleware:
    """End sessions that are over, on the staff's pages, and offer a post again that came too late for one.

    Whoever needs a second factor and has none gets no other pages than those of accounts/urls.py. A session that has
    not proved the factor of its user ends: it began with the password alone, before there was one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(STAFF):
            return self.get_response(request)
        try:
            if sessions.is_over(request.user, request.session):
                logout(request)
            elif request.user.is_authenticated:
                sessions.extend(request.session)
        except OperationalError as fault:
            return busy_page(request, fault)
        response = self.get_response(request)
        return sessions.offer_again(request, signed_in=False) if sessions.is_late(request, response) else response

    def process_view(self, request: HttpRequest, view: Any, *arguments: Any) -> HttpResponse | None:
        if not request.path.startswith(STAFF):
            return None
        try:
            return ask_for_factor(request)
        except OperationalError as fault:
            return busy_page(request, fault)


def ask_for_factor(request: HttpRequest) -> HttpResponse | None:
    """Return the answer to a session without the second factor that the page needs; None to all others."""
    if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated:
        return None
    if is_mfa_enabled(request.user, FACTORS):
        return None if has_proved_factor(request) else end_session(request)
    if request.resolver_match and not request.resolver_match.namespaces:  # a page of accounts/urls.py
        return None
    messages.warning(request, ENROL)
    return redirect("mfa_index")


def end_session(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGIN_URL)
