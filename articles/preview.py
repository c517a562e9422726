"""The page of a draft for whoever holds a link to it: the true page, to read, with nothing to press that counts."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import preview_links
from articles.article_page import article_context
from articles.editing.examination import examine
from articles.editing.store import newest
from articles.library import get_library
from articles.models import Revision
from articles.preview_links import LinkAltered, LinkOver

GONE = 410


@require_safe
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The newest text of the draft. 404 for a link that is not ours, 410 for one that leads to nothing any more."""
    response = _answer(request, token, timezone.now())
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, token: str, now: dt.datetime) -> HttpResponse:
    try:
        path = preview_links.read(token, now)
    except LinkAltered:
        return render(request, "articles/preview_over.html", {"altered": True}, status=404)
    except LinkOver:
        return render(request, "articles/preview_over.html", status=GONE)
    revision = newest(path)
    if revision is None or revision.removed:
        return render(request, "articles/preview_over.html", {"removed": True}, status=GONE)
    return _draft(request, revision, preview_links.until(token), now)


def _draft(request: HttpRequest, revision: Revision, until: dt.datetime, now: dt.datetime) -> HttpResponse:
    library = get_library()
    article = examine(revision.path, revision.text, library.shared.clinic.local(now).date()).article
    if article is None:
        return render(request, "articles/preview_unreadable.html", {"until": until})
    context = article_context(article, library, now)
    told = {"until": until, "on_site": revision.live and article.visible(now)}
    return render(request, "articles/preview_article.html", {**context, **told})
