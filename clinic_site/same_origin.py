"""Refuses form posts that another site's page made, without a cookie.

Django's own protection against forged posts needs a cookie, and readers get none. A public form carries no sign-in
that a forger could borrow; this keeps other sites from posting through a reader's browser all the same.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

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
    origin = request.headers.get("Origin")
    return origin is not None and origin not in (f"http://{request.get_host()}", f"https://{request.get_host()}")
