"""The queue as a user last saw it: tab, office, status and search.

The view is stored in the session, because a search may contain a name, which must not get into the address of a
request.
"""

from django.contrib.admin.views.main import SEARCH_VAR
from django.http import HttpRequest, QueryDict
from django.urls import reverse

FILTERS = ("queue", "office", "status")
KEY = "queue"  # in the session


def remember(request: HttpRequest) -> None:
    """Store the view that `request`, for the queue, shows. Nothing is written for the same view again."""
    view = {name: request.GET[name] for name in (*FILTERS, SEARCH_VAR) if name in request.GET}
    if request.session.get(KEY, {}) != view:
        request.session[KEY] = view


def forget(request: HttpRequest) -> None:
    """Remove the view: its search may contain the name of a person who was erased."""
    request.session.pop(KEY, None)


def query(request: HttpRequest) -> QueryDict:
    """Return the parameters of the view; empty for all that wait."""
    parameters = QueryDict(mutable=True)
    parameters.update(request.session.get(KEY, {}))
    return parameters


def address(request: HttpRequest) -> str:
    """Return the address of the queue in that view."""
    parameters = query(request).urlencode()
    queue = reverse("admin:appointments_consultationrequest_changelist")
    return f"{queue}?{parameters}" if parameters else queue
