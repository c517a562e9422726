"""How long staff stay signed in, and what becomes of a post that comes too late.

Idle: each page extends the session's row by SESSION_COOKIE_AGE, written at most once a minute; an older row is no
session to Django. In all: SESSION_LONGEST after signing in.

A late post is answered with a page that contains what was typed and sends it again after a sign-in in another tab.
Nothing is stored for that, neither on the server nor by a script.
"""

from contextlib import suppress
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.csrf import csrf_failure as django_csrf_failure

from clinic_site.database.sqlite_queue import STAFF
from clinic_site.http.unsaved_posts import is_own_page, posted_values

SIGNED_IN, LAST_PAGE = "signed_in_at", "last_page_at"  # keys of the session; seconds since 1970
PAGES_WRITTEN_EVERY = 60  # seconds


def begin(request: HttpRequest, **signal: Any) -> None:
    """Write down when the session began. A receiver of user_logged_in."""
    request.session[SIGNED_IN] = request.session[LAST_PAGE] = _now()


def is_over(user: User | AnonymousUser, session: SessionBase) -> bool:
    """Return True if the session of a signed-in user must end.

    It is too old, the user is no member of staff, or the session is not listed: “log out everywhere” and the end of
    somebody's access find listed sessions alone.
    """
    if not user.is_authenticated:
        return False
    if not user.is_staff or _now() - session.get(SIGNED_IN, 0) > settings.SESSION_LONGEST:
        return True
    return not UserSession.objects.filter(user=user, session_key=session.session_key).exists()


def extend(session: SessionBase) -> None:
    """Write the time of this page at once: while the database takes no changes, pages are read all the same."""
    if _now() - session.get(LAST_PAGE, 0) <= PAGES_WRITTEN_EVERY:
        return
    session[LAST_PAGE] = _now()
    with suppress(OperationalError):
        session.save()
    session.modified = False  # Django saves it no second time


def list_again(request: HttpRequest, old_key: str | None) -> None:
    """List the session of a changed password under its new key, so that “log out everywhere” ends this one, too."""
    if request.session.session_key != old_key:
        UserSession.objects.filter(session_key=old_key).delete()
        UserSession.objects.create_from_request(request)


def _now() -> int:
    return int(timezone.now().timestamp())


def is_late(request: HttpRequest, response: HttpResponse) -> bool:
    """Return True if the post to a page of the desk was answered by sending its sender to the sign-in page."""
    match = request.resolver_match
    to_sign_in = f"{reverse(settings.LOGIN_URL)}?"
    return bool(
        request.method == "POST"
        and settings.CSRF_COOKIE_NAME in request.COOKIES  # else nothing was typed into a page of this site
        and match
        and match.namespaces  # a page of the admin site; those of accounts/urls.py have nothing to keep
        and response.headers.get("Location", "").startswith(to_sign_in)
        and not request.user.is_authenticated
    )


def offer_again(request: HttpRequest, signed_in: bool) -> HttpResponse:
    context = posted_values(request) | {"signed_in": signed_in}
    return render(request, "lapsed.html", context, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Offer a post again whose token is older than the sign-in. Django's setting CSRF_FAILURE_VIEW.

    Only a browser that says the post came from a page of this site gets the offer: another site's must not become a
    button.
    """
    if is_own_page(request) and request.path.startswith(STAFF) and request.user.is_authenticated:
        return offer_again(request, signed_in=True)
    return django_csrf_failure(request, reason)
