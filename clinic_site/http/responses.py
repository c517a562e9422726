"""Responses and decorators that several views share."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

SEE_OTHER = 303  # RFC 9110, 15.4.4
View = Callable[..., HttpResponse]


def see_other(address: str) -> HttpResponse:
    """Answer a post with a redirect (303), after which every browser gets `address`."""
    return HttpResponseRedirect(address, status=SEE_OTHER)


def unlisted(view: View) -> View:
    """Decorate a view so that no cache stores and no search engine lists its responses."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response

    return wrapped
