"""Helpers of the staff pages about articles: permissions, addresses, rendering, redirects."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from articles.editing.revisions.paths import article_path
from articles.library import Library
from articles.models import ContentFile
from clinic_site.content.files import SLUG
from clinic_site.http.responses import see_other

VIEW, CHANGE, SIGN = "view", "change", "sign"
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
NOT_TAKEN = "Nothing was changed. Take the step again."
View = Callable[..., HttpResponse]


def staff_page(right: str, view: View) -> View:
    """Restrict `view` to staff with the permission `right` on articles.

    Other staff get 403; users who are not signed in are sent to the sign-in page.
    """
    guarded = permission_required(_permission(right), raise_exception=True)(view)
    return admin.site.admin_view(guarded)


def may(request: HttpRequest, right: str) -> bool:
    """Return True if the signed-in user has the permission on articles."""
    return bool(request.user.has_perm(_permission(right)))


def _permission(right: str) -> str:
    return f"articles.{right}_contentfile"


def show(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """Render admin/articles/<template> in the frame of Django admin."""
    frame = {**admin.site.each_context(request), "title": title, "opts": ContentFile._meta}  # noqa: SLF001 (documented)
    return render(request, f"admin/articles/{template}", {**frame, **context})


def address(name: str, *args: object) -> str:
    """Return the address of the page articles_contentfile_<name>."""
    return reverse(f"admin:articles_contentfile_{name}", args=args)


def go_to(name: str, *args: object) -> HttpResponse:
    return see_other(address(name, *args))


def redirect_get(request: HttpRequest, name: str, *args: object) -> HttpResponse:
    """Redirect a GET request for a step, such as after signing in again, with a message that nothing changed."""
    messages.warning(request, NOT_TAKEN)
    return go_to(name, *args)


def report(request: HttpRequest, error: str, done: str) -> bool:
    """Show the user the message `done`, or the `error` of a step that was refused. Return True if it was taken."""
    if error:
        messages.warning(request, error)
    else:
        messages.success(request, done)
    return not error


def user_name(request: HttpRequest) -> str:
    return request.user.get_username()


def path_of(slug: str, library: Library) -> str:
    """Return the path of the article's file, which need not exist.

    Raises Http404 if `slug` cannot be the slug of an article.
    """
    if not SLUG.fullmatch(slug):
        raise Http404
    return article_path(slug, library)


def whole_number(text: str | None) -> int:
    """Return the number that a form sent; 0 for anything else."""
    return int(text) if text and WHOLE_NUMBER.fullmatch(text) else 0
