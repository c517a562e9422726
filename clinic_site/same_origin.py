"""Refuses form posts that another site's page made, without a cookie.

Django's own protection against forged posts needs a cookie, and readers get none. A public form carries no sign-in
that a forger could borrow; this keeps other sites from posting through a reader's browser all the same.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

PORTS = {"http": 80, "https": 443}
Origin = tuple[str, str, int]
View = Callable[..., HttpResponse]


def same_origin_posts(view: View) -> View:
    """For views that anyone may post to. Raises PermissionDenied for a post that a browser marks as another site's."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and _from_elsewhere(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped


def _from_elsewhere(request: HttpRequest) -> bool:
    """True when the browser says so; a client that says nothing (an old browser, a script) is not a forgery."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    page = request.headers.get("Origin") or request.headers.get("Referer")
    if not page:
        return False
    origin = _origin(page)
    return origin is None or origin not in _own_origins(request)


def _own_origins(request: HttpRequest) -> list[Origin | None]:
    """By https alone, where the request came by https: a page that came by http may be anybody's."""
    schemes = ("https",) if request.is_secure() else ("https", "http")
    return [_origin(f"{scheme}://{request.get_host()}") for scheme in schemes]


def _origin(address: str) -> Origin | None:
    """Scheme, host and port of an address; a final dot of the host, and the scheme's own port, make no difference."""
    try:
        parts = urlsplit(address)
        return parts.scheme, (parts.hostname or "").removesuffix("."), parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
