"""Links that show a draft without a sign-in, such as to a clinician, and the page behind them.

Nothing is stored: the signed link itself holds the path and the expiry. It opens only that page, read-only.
"""

import datetime as dt

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.article_page import article_context
from articles.content.documents import Article
from articles.editing.revisions.load_check import validate
from articles.editing.revisions.store import newest
from articles.library import get_library
from articles.models import Revision
from clinic_site.http.responses import unlisted

LIFE = dt.timedelta(days=7)
SALT = "articles.preview_links"
GONE = 410


class LinkOver(Exception):  # noqa: N818 (reads as what happened)
    """A valid link that has expired."""


class LinkAltered(Exception):  # noqa: N818 (reads as what happened)
    """A link that this site did not sign."""


def make_link(path: str, now: dt.datetime) -> str:
    """Return a full URL to the draft of the file at `path`; it expires LIFE after the aware moment `now`."""
    token = Signer(salt=SALT).sign_object([path, int((now + LIFE).timestamp())])
    return settings.SITE_URL + reverse("articles:preview", args=[token])


def read_link(token: str, now: dt.datetime) -> tuple[str, dt.datetime]:
    """Return the path of the file, and the aware moment at which the link expires. Raises LinkOver and LinkAltered."""
    try:
        path, ends = Signer(salt=SALT).unsign_object(token)
    except BadSignature as error:
        raise LinkAltered from error
    until = dt.datetime.fromtimestamp(ends, tz=dt.UTC)
    if now >= until:
        raise LinkOver
    return path, until


@require_safe
@unlisted
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show the newest text of the draft: 404 for an invalid link, 410 for one that expired or whose article is gone."""
    now = timezone.now()
    try:
        path, until = read_link(token, now)
    except LinkAltered:
        return render(request, "articles/preview_over.html", {"altered": True}, status=404)
    except LinkOver:
        return render(request, "articles/preview_over.html", status=GONE)
    revision = newest(path)
    if revision is None or revision.removed:
        return render(request, "articles/preview_over.html", {"removed": True}, status=GONE)
    return _draft(request, revision, until, now)


def _draft(request: HttpRequest, revision: Revision, until: dt.datetime, now: dt.datetime) -> HttpResponse:
    library = get_library()
    article = validate(revision.path, revision.text, library).document
    if not isinstance(article, Article):
        return render(request, "articles/preview_unreadable.html", {"until": until})
    context = article_context(article, library, now)
    about_draft = {"until": until, "on_site": revision.live and article.visible(now)}
    return render(request, "articles/preview_article.html", {**context, **about_draft})
