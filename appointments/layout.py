"""The order and grouping of the form's fields, for crispy forms and our template pack (templates/clinic/)."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Fieldset, Layout


def consultation_helper(article: str) -> FormHelper:
    """`article`: the slug of the article that led here; without one nothing is asked about it."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True  # its cookie is what readers do not get: see clinic_site/same_origin.py
    came_from = ("came_from_ok", "came_from") if article else ()
    helper.layout = Layout(
        Fieldset("Before you start", "adult", "not_emergency", "for_whom"),
        Fieldset(
            "How to reach you",
            "name",
            "phone",
            "email",
            "contact_way",
            "texts",
            "voicemail",
            "others_may",
            "best_times",
        ),
        Fieldset("Office, language and access", "office", "interpreter", "interpreter_other", "access", "access_note"),
        Fieldset("Your request", "reason", "note", *came_from),
        Fieldset("Your privacy", HTML('{% include "appointments/_privacy.html" %}'), "privacy"),
        Field("subject_line", template="clinic/trap.html"),
        "email_seen",
        "needs_seen",
        "crisis_seen",
        "token",
    )
    return helper
