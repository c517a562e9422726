"""Refuse form posts from pages of other sites, without a cookie.

Django's CSRF protection needs a cookie, and readers get none. A public form has no session that a forger could use;
this check prevents other sites from posting through a reader's browser.
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
    """Decorate a view that anyone may post to: raise PermissionDenied for a post from another site.

    The browser tells the origin of the post.
    """

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and _from_elsewhere(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return wrapped


def _from_elsewhere(request: HttpRequest) -> bool:
    """Return True if the headers tell so. A client without them (an old browser, a script) is no forged post."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    page = request.headers.get("Origin") or request.headers.get("Referer")
    if not page:
        return False
    origin = _origin(page)
    return origin is None or origin not in _own_origins(request)


def _own_origins(request: HttpRequest) -> list[Origin | None]:
    """Return the site's own origins; only https if the request came over https: anybody could forge an http page."""
    schemes = ("https",) if request.is_secure() else ("https", "http")
    return [_origin(f"{scheme}://{request.get_host()}") for scheme in schemes]


def _origin(address: str) -> Origin | None:
    """Return scheme, host and port of an address, without a final dot of the host and the scheme's default port."""
    try:
        parts = urlsplit(address)
        return parts.scheme, (parts.hostname or "").removesuffix("."), parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
