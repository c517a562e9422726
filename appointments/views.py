"""The patient's side: the form, and the page that confirms a request. No sign-in, no session, no cookie."""

import datetime as dt
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from appointments import form_tokens
from appointments.emails import link_end
from appointments.forms import ConsultationForm, article_slug, clean_post, turned_round
from appointments.limits import NotTaken
from appointments.models import ConsultationRequest
from appointments.patient_links import link_is_over
from appointments.workflow import submit
from clinic_site.clinic import reply_by
from clinic_site.clinic_file import get_clinic
from clinic_site.same_origin import same_origin_posts

JUST_SENT = dt.timedelta(minutes=30)  # later, somebody else may hold the link, the phone or the mailbox
NOT_STORED = (
    "We could not store your request: our computer is busy. Nothing you typed is lost. Press the button again in a "
    "minute, or call us."
)
logger = logging.getLogger(__name__)
SEE_OTHER = 303  # after a post: the browser fetches the next page, whatever its age and habits


def private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keeps what the view answers out of every cache."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    return wrapped


@same_origin_posts
@require_http_methods(["GET", "HEAD", "POST"])
@private
def consultation(request: HttpRequest) -> HttpResponse:
    """Shows the form; stores what is sent, or shows the form again with all that was typed."""
    now = timezone.now()
    if request.method == "POST":
        return _sent(request, now)
    article = article_slug(request.GET.get("from", ""))
    first_values = {"token": form_tokens.issue(now), "came_from": article}
    return _form_page(request, ConsultationForm(get_clinic(), now, article, initial=first_values), now)


def _sent(request: HttpRequest, now: dt.datetime) -> HttpResponse:
    post = clean_post(request.POST)
    promised_from = form_tokens.promised_from(post.get("token", ""), now)
    article, turned = article_slug(post.get("came_from", "")), turned_round(request.POST)
    form = ConsultationForm(get_clinic(), promised_from, article, turned, data=post)
    valid = form.is_valid()
    for field, asked_about in form.seen.items():
        post[field] = asked_about
    try:
        nonce = form_tokens.read(post.get("token", ""), now)
    except form_tokens.Refused as refused:
        if valid or refused.needs_new_token:  # with other errors to mend, being fast is not one
            form.add_error(None, refused.sentence)
        if refused.needs_new_token:
            post["token"] = form_tokens.issue(now)
        return _form_page(request, form, promised_from)
    if not valid:
        return _form_page(request, form, promised_from)
    try:
        stored = submit(form.answers(nonce), now, promised_from)
    except NotTaken as refused:
        form.add_error(None, refused.sentence)
        return _form_page(request, form, promised_from)
    except OperationalError as error:
        logger.error("A request could not be stored (%s). The form was shown again.", type(error).__name__)  # noqa: TRY400
        form.add_error(None, NOT_STORED)
        return _form_page(request, form, promised_from)
    return HttpResponseRedirect(reverse("appointments:received", args=[stored.token]), status=SEE_OTHER)


def _form_page(request: HttpRequest, form: ConsultationForm, promised_from: dt.datetime) -> HttpResponse:
    """Status 200 with errors too: every browser and screen reader then treats it as the page it is."""
    context = {"form": form, "article": form.article, "reply_by": reply_by(get_clinic(), None, promised_from)}
    return render(request, "appointments/consultation.html", context)


@require_safe
@private
def received(request: HttpRequest, token: str) -> HttpResponse:
    """Confirms a request without anything that was typed. 404 for an unknown token, and after 30 days."""
    now = timezone.now()
    stored = ConsultationRequest.objects.with_link(now).filter(token=token).first()
    if stored is None:
        return link_is_over(request)
    in_crisis = stored.crisis and now - stored.created_at < JUST_SENT
    context = {
        "stored": stored,
        "office": get_clinic().office(stored.office),
        "in_crisis": in_crisis,
        "nothing_since": stored.version == 0 and now <= stored.reply_by,
        "link_end": link_end(stored),
    }
    response = render(request, "appointments/received.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response
