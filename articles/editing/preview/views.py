"""The read-only page of a draft for the holder of a preview link."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles.article_page import article_context
from articles.content.documents import Article
from articles.editing.preview import links
from articles.editing.preview.links import LinkAltered, LinkOver
from articles.editing.revisions.load_check import validate
from articles.editing.revisions.store import newest
from articles.library import get_library
from articles.models import Revision
from clinic_site.http.responses import unlisted

GONE = 410


@require_safe
@unlisted
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """Show the newest text of the draft: 404 for an invalid link, 410 for one that expired or whose article is gone."""
    now = timezone.now()
    try:
        path = links.read(token, now)
    except LinkAltered:
        return render(request, "articles/preview_over.html", {"altered": True}, status=404)
    except LinkOver:
        return render(request, "articles/preview_over.html", status=GONE)
    revision = newest(path)
    if revision is None or revision.removed:
        return render(request, "articles/preview_over.html", {"removed": True}, status=GONE)
    return _draft(request, revision, links.until(token), now)


def _draft(request: HttpRequest, revision: Revision, until: dt.datetime, now: dt.datetime) -> HttpResponse:
    library = get_library()
    article = validate(revision.path, revision.text, library).document
    if not isinstance(article, Article):
        return render(request, "articles/preview_unreadable.html", {"until": until})
    context = article_context(article, library, now)
    about_draft = {"until": until, "on_site": revision.live and article.visible(now)}
    return render(request, "articles/preview_article.html", {**context, **about_draft})
