"""The request form. No sign-in, no session, no cookie."""

import datetime as dt
import logging

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from appointments import scripts
from appointments.booking import submit_with_time
from appointments.choose_time import TimeChoice
from appointments.emails import confirmation_words
from appointments.forms import ConsultationForm, article_slug, clean_post, fields_with_overrides
from appointments.intake import Answers, NotStored, existing_requests
from appointments.policies.promises import answered_in_time
from appointments.request_form import tokens
from appointments.visits.holds import TimeTaken
from appointments.workflow import submit
from clinic_site.clinic import reply_by
from clinic_site.clinic_yaml import get_clinic
from clinic_site.http.responses import see_other
from clinic_site.http.same_origin import same_origin_posts

NOT_STORED = (
    "We could not store your request: our computer is busy. Nothing you typed is lost. Press the button again in a "
    "minute, or call us."
)
logger = logging.getLogger(__name__)


@same_origin_posts
@require_http_methods(["GET", "HEAD", "POST"])
def consultation(request: HttpRequest) -> HttpResponse:
    """Show the form; store a valid post, or show the form again with the typed values."""
    now = timezone.now()
    if request.method == "POST":
        return _sent(request, now)
    article = article_slug(request.GET.get("from", ""))
    first_values = {"token": tokens.issue(now), "came_from": article}
    return _form_page(request, ConsultationForm(get_clinic(), now, article, initial=first_values), now)


def _sent(request: HttpRequest, now: dt.datetime) -> HttpResponse:
    post = clean_post(request.POST)
    promised_from = tokens.promised_from(str(post.get("token", "")), now)
    article, overridden = article_slug(post.get("came_from", "")), fields_with_overrides(request.POST)
    form = ConsultationForm(get_clinic(), promised_from, article, overridden, data=post)
    valid = form.is_valid()
    for name, value in form.hidden_values.items():
        post[name] = value
    token = str(post.get("token", ""))
    try:
        nonce = tokens.read(token, now)
    except tokens.TokenRefused as refused:
        form.add_error(None, refused.sentence)
        post["token"] = tokens.issue(now)
        return _form_page(request, form, promised_from)
    if not valid or "edit" in post:
        return _form_page(request, form, promised_from)
    return _stored(request, form, nonce, promised_from, now)


def _stored(
    request: HttpRequest, form: ConsultationForm, nonce: str, promised_from: dt.datetime, now: dt.datetime
) -> HttpResponse:
    """Store a valid form, with a time if the patient wants to choose one; the next page asks for that."""
    answers, fast = form.answers(nonce), tokens.is_fast(form.data["token"], now)
    choice = _time_choice(form, answers, now) if form.wants_time else None
    slot = choice.chosen_slot() if choice else None
    if choice and slot is None:
        return _time_page(request, form, choice, promised_from)
    try:
        if slot:
            stored = submit_with_time(answers, slot, now, promised_from, fast=fast)
        else:
            stored = submit(answers, now, promised_from, fast=fast)
    except TimeTaken:
        choice = _time_choice(form, answers, now)
        choice.refuse()
        return _time_page(request, form, choice, promised_from)
    except NotStored as refused:
        form.add_error(None, refused.sentence)
        return _form_page(request, form, promised_from)
    except OperationalError as error:
        logger.error("A request could not be stored (%s). The form was shown again.", type(error).__name__)  # noqa: TRY400
        form.add_error(None, NOT_STORED)
        return _form_page(request, form, promised_from)
    return see_other(reverse("appointments:received", args=[stored.token]))


def _time_choice(form: ConsultationForm, answers: Answers, now: dt.datetime) -> TimeChoice:
    """Return the choice; a time that was picked with equal answers of this form is free for whoever goes back."""
    key = answers.idempotency_key()
    holder = existing_requests(answers.nonce, key).get(key)
    return TimeChoice(get_clinic(), form.cleaned_data, form.data, now, holder)


def _time_page(
    request: HttpRequest, form: ConsultationForm, choice: TimeChoice, promised_from: dt.datetime
) -> HttpResponse:
    context = {
        "form": form,
        "choice": choice,
        "needs_answer": choice.place and choice.place.kind.needs_answer,
        "reply_by": reply_by(get_clinic(), None, promised_from),
    }
    return render(request, "appointments/choose_time.html", context)


def _form_page(request: HttpRequest, form: ConsultationForm, promised_from: dt.datetime) -> HttpResponse:
    """Render the form, with status 200 also for errors, so that browsers and screen readers treat it as a page."""
    clinic = get_clinic()
    promise = reply_by(clinic, None, promised_from)
    our_words = {
        "voicemail": scripts.voicemail(clinic, form["office"].value()),
        "mail": confirmation_words("[reference]", promise, "[link to your own page]"),
    }
    answered = answered_in_time(timezone.now())
    context = {"form": form, "article": form.article, "reply_by": promise, "answered": answered, "our_words": our_words}
    return render(request, "appointments/consultation.html", context)
