"""What pages share on which staff take a step: where they go from there, and what they are told."""

import datetime as dt
import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from articles.editing.addresses import article_path
from articles.library import Library
from clinic_site.clinic_file import get_clinic
from clinic_site.content_files import SLUG

SEE_OTHER = 303
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
NOT_TAKEN = "Nothing was changed. Take the step again."


def address(name: str, *args: object) -> str:
    """Of a page below /admin/articles/contentfile/."""
    return reverse(f"admin:articles_contentfile_{name}", args=args)


def go_to(name: str, *args: object) -> HttpResponse:
    return HttpResponseRedirect(address(name, *args), status=SEE_OTHER)


def not_taken(request: HttpRequest, name: str, *args: object) -> HttpResponse:
    """For a step that was asked for by its address alone, as after somebody had to sign in again in between."""
    messages.warning(request, NOT_TAKEN)
    return go_to(name, *args)


def user_name(request: HttpRequest) -> str:
    return request.user.get_username()


def path_of(slug: str, library: Library) -> str:
    """Where the article of that slug is kept, or would be. Raises Http404 for what cannot be one."""
    if not SLUG.fullmatch(slug):
        raise Http404
    return article_path(slug, library)


def whole_number(text: str | None) -> int:
    """What a form sent as a number; 0 for anything else."""
    return int(text) if text and WHOLE_NUMBER.fullmatch(text) else 0


def today_at(now: dt.datetime) -> dt.date:
    """The day in the clinic's time zone."""
    return get_clinic().local(now).date()
