"""The order and grouping of the form's fields, for crispy forms and our template pack (templates/clinic/)."""

from collections.abc import Collection

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Fieldset, Layout

from clinic_site.clinic import Clinic

INTERPRETER = 'Interpreter <em lang="es">(intérprete)</em>, access needs'
COLON = '<span class="visually-hidden">:</span>'
WHAT_WE_SAY = '{% include "appointments/_what_we_say_if_ticked.html" %}'


def consultation_helper(clinic: Clinic, article: str, filled_in: Collection[str]) -> FormHelper:
    """Return the layout of the form.

    `article`: slug of the article that led here; "" leaves out its fields. `filled_in`: fields with an answer of the
    patient or with an error, which must not be hidden.
    """
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True  # readers get no cookie: see clinic_site/http/same_origin.py
    helper.layout = Layout(
        "name",
        "phone",
        "email",
        Fieldset("How may we reach you?", "call", "voicemail", "texts", "mail"),
        *(("when",) if clinic.scheduling else ()),
        _details("Hear what we will say", "", (HTML(WHAT_WE_SAY),), filled_in),
        _details("If someone else answers", "we say nothing", ("others_may",), filled_in),
        _details("Good times and office", "any", ("best_times", "office"), filled_in),
        _details(INTERPRETER, "none", ("interpreter", "interpreter_other", "access", "access_note"), filled_in),
        _about(article, filled_in),
        Fieldset("Please confirm", "adult"),
        HTML('<p class="privacy-notice">{{ form.privacy_notice }}</p>'),
        Field("subject_line", template="clinic/trap.html"),
        "email_seen",
        "needs_seen",
        "crisis_seen",
        "token",
        *(("came_from",) if article else ()),
    )
    return helper


def _about(article: str, filled_in: Collection[str]) -> Fieldset:
    """Return the group about the request. Without a word, the clinic learns the article that led here, if any."""
    names = ("for_whom", "reason", "note")
    if article:
        return _details("For whom, a note", "the article only", (*names, "came_from_ok"), filled_in)
    return _details("For whom, a note", "not said", names, filled_in)


def _details(summary: str, default: str, parts: Collection[str | HTML], filled_in: Collection[str]) -> Fieldset:
    """Return optional answers that are hidden until somebody opens them. `default`: what the clinic then assumes.

    Nothing is assumed where an answer or an error is: then the group is open.
    """
    is_open = any(part in filled_in for part in parts)
    is_assumed = bool(default) and not is_open
    colon, assumed = (COLON, f' <span class="more-default">{default}</span>') if is_assumed else ("", "")
    legend = f'<span class="more-name">{summary}{colon}</span>{assumed}'
    return Fieldset(legend, *parts, template="clinic/layout/details.html", open=is_open)
