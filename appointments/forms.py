"""The form of a consultation request.

models/requests.py says what the desk needs each answer for.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString

from appointments.choices import BestTime, ForWhom, OthersMay, Reason
from appointments.intake import Answers
from appointments.phones import Phone
from appointments.policies.consents import PRIVACY_LINK, wording
from appointments.policies.office_fit import gaps_in_words
from appointments.request_form.fields import (
    EmailField,
    PhoneField,
    Ways,
    box,
    checkboxes,
    interpreter_field,
    interpreter_other_field,
    language,
    missing_language,
    missing_ways,
    offer_languages,
    radios,
)
from appointments.request_form.layout import consultation_helper
from clinic_site.clinic import ACCESS, Clinic, Office, reply_by
from clinic_site.crisis_words import speaks_of_crisis
from clinic_site.dates import day_and_clock
from clinic_site.forms import LineField, NoteField
from clinic_site.text.folding import without_invisible

NOTE_LENGTH = 200
OVERRIDES = re.compile("[\u202d\u202e]")  # bidirectional overrides: they reorder the letters that follow
SLUG = re.compile(r"[a-z0-9-]{1,100}")

# Mistyped domains, by the correct domain.
EMAIL_SLIPS = {
    "gmail.com": ("gmial.com", "gmal.com", "gmai.com", "gamil.com", "gnail.com", "gmail.co", "gmail.con"),
    "hotmail.com": ("hotmial.com", "hotmal.com", "hotmai.com", "hotmail.co", "hotmail.con"),
    "yahoo.com": ("yaho.com", "yahooo.com", "yhoo.com", "yahoo.co", "yahoo.con"),
    "outlook.com": ("outlok.com", "outloook.com", "outlook.co", "outlook.con"),
    "icloud.com": ("iclod.com", "icloud.co", "icloud.con"),
}

SLIP = "Check your e-mail address. Did you mean"
REORDERED = (
    "We took out invisible characters that turned this text round. Check how it reads now, and press the button again"
)
PRESS_AGAIN = "If it is right as it is, press the button again"
OTHER_OFFICE = "Change your choice, or press the button again to keep it: then the clinic will tell you what it can do"
ADULT = "Tick the box to say that you are 18 or older"
NO_EMERGENCY = "Tick the box if you are 18 or older and this is not an emergency. In an emergency, call 911"
CHOOSE_TIME = "choose"  # the answer “Choose a time on the next page” to “When would suit you?”


def article_slug(text: str) -> str:
    """Return `text` if it can be the slug of an article, otherwise ""."""
    return text if SLUG.fullmatch(text) else ""


def clean_post(post: QueryDict) -> QueryDict:
    """Return a copy of the post without invisible characters and NUL, which neither HTML nor PostgreSQL can store.

    So the text that is checked and shown again is the text that the patient reads.
    """
    clean = QueryDict(mutable=True)
    for name, values in post.lists():
        clean.setlist(name, [without_invisible(str(value).replace("\0", "")) for value in values])
    return clean


def fields_with_overrides(post: QueryDict) -> list[str]:
    """Return the names of fields with OVERRIDES: clean_post() removes them, which changes how the text reads."""
    return [name for name, values in post.lists() if any(OVERRIDES.search(str(value)) for value in values)]


def email_suggestion(address: str) -> str:
    """Return the address that was probably meant; "" if nothing looks mistyped."""
    local, _, domain = address.rpartition("@")
    correct_domain = next((right for right, slips in EMAIL_SLIPS.items() if domain.lower() in slips), "")
    return f"{local}@{correct_domain}" if local and correct_domain else ""


class ConsultationForm(forms.Form):
    use_required_attribute = False
    # Fields without the mark "(optional)": one of each kind is required, and the last two have a default.
    unmarked = ("phone", "email", "call", "when", "voicemail", "texts", "mail", "others_may", "came_from_ok")
    free_text = ("name", "interpreter_other", "access_note", "note")

    # __init__() fills in the consent texts, and the choices that depend on the clinic's facts.
    name = LineField(
        label="Full name",
        short="Name",
        missing="Enter your name",
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
    )
    phone = PhoneField(label="Phone number", help_text="With area code. Phone or e-mail: one is enough.")
    email = EmailField(
        label="E-mail address",
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )
    call = box("", initial=True)
    when = radios(
        "When would suit you?",
        [("call", "Contact me first"), (CHOOSE_TIME, "Choose a time on the next page")],
        initial="call",
    )
    voicemail = box("")
    texts = box("")
    mail = box("", initial=True)
    others_may = radios("If someone else answers the phone", OthersMay.choices, initial=OthersMay.NOTHING)
    best_times = checkboxes("When is a good time?", BestTime.choices)
    office = radios("Which office?", [], initial="")
    interpreter = interpreter_field()
    interpreter_other = interpreter_other_field()
    access = checkboxes("Access needs", ACCESS.items())
    access_note = LineField(label="Other access needs", short="Access needs")

    for_whom = radios(
        "Who is it for?",
        ForWhom.choices,
        initial="",
        help_text="If you ask for someone else, give only your own name and contact details here.",
    )
    reason = radios("What is your request about?", Reason.choices, initial="")
    note = NoteField(
        label="Short note",
        short="Note",
        max_length=NOTE_LENGTH,
        help_text=f"Please do not write health details here. Up to {NOTE_LENGTH} characters.",
        widget=forms.Textarea({"rows": 3}),
    )
    came_from_ok = box("Tell the clinic which article I came from", initial=True)
    came_from = forms.CharField(required=False, widget=forms.HiddenInput)

    adult = box("", NO_EMERGENCY)
    subject_line = forms.CharField(
        label="Leave this box empty",
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )
    # What the form has asked the patient to check already: it asks only once.
    email_seen = forms.CharField(required=False, widget=forms.HiddenInput)
    needs_seen = forms.CharField(required=False, widget=forms.HiddenInput)
    crisis_seen = forms.CharField(required=False, widget=forms.HiddenInput)  # "yes" stays, even if the note changes
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, clinic: Clinic, now: dt.datetime, article: str = "", overridden: Collection[str] = (), **kwargs: Any
    ) -> None:
        """`article`: slug of the article that led here, or "". `overridden`: names from fields_with_overrides()."""
        super().__init__(**kwargs)
        self.clinic = clinic
        self.overridden = [name for name in self.free_text if name in overridden]
        self.gaps = ""  # what the chosen office lacks and which office has it; set by clean()
        self.article = article
        self._word_consents()
        self._offer_offices_and_languages(now)
        self.adult_alone = bool(self.data.get("crisis_seen"))  # the form that was sent did not speak of emergencies
        if not article:
            del self.fields["came_from"], self.fields["came_from_ok"]
        if not clinic.scheduling:
            del self.fields["when"]

    def _word_consents(self) -> None:
        """Set the consent texts: the page shows the wording that is stored."""
        adult: Any = self.fields["adult"]
        if self.speaks_of_crisis:  # nobody in a crisis has to say that it is no emergency
            adult.label, adult.error_messages["required"] = wording("adult", self.clinic), ADULT
        else:
            adult.label = wording("adult_no_emergency", self.clinic)
        self.fields["call"].label = wording("calls", self.clinic)
        self.fields["voicemail"].label = wording("voicemail", self.clinic)
        self.fields["texts"].label, _, self.fields["texts"].help_text = wording("texts", self.clinic).partition(". ")
        self.fields["mail"].label = wording("email", self.clinic)

    @property
    def privacy_notice(self) -> SafeString:
        """The sentence above the button, as it is stored, with its link."""
        before, _, after = wording("privacy", self.clinic).partition(PRIVACY_LINK)
        link = format_html('<a href="/privacy/" target="_blank" rel="noopener">{}</a>', PRIVACY_LINK)
        return format_html("{}{}{}", before, link, after)

    def _offer_offices_and_languages(self, now: dt.datetime) -> None:
        offices = self.clinic.offices
        field: Any = self.fields["office"]
        field.choices = [("", "No preference"), *((office.slug, office.name) for office in offices)]
        field.widget.hints = {office.slug: lazy_office_hint(self.clinic, office, now) for office in offices}
        offer_languages(self.fields["interpreter"], self.clinic)

    @cached_property
    def helper(self) -> FormHelper:
        """The layout. It is made when the form is rendered: it depends on the errors and the answers."""
        return consultation_helper(
            self.clinic, self.article, {*self.errors, *(self.changed_data if self.is_bound else ())}
        )

    def clean(self) -> dict[str, Any]:
        for field, message in missing_answers(self.cleaned_data, set(self.errors)):
            self.add_error(field, message)
        for field in filter(self.cleaned_data.get, self.overridden):
            self.add_error(field, REORDERED)
        if self.suggested_email and self.data.get("email_seen") != self.hidden_values["email_seen"]:
            self.add_error("email", f"{SLIP} {self.suggested_email}? {PRESS_AGAIN}")
        self.gaps = self._gaps()
        if self.gaps and self.data.get("needs_seen") != self.gaps:
            self.add_error("office", f"{self.gaps} {OTHER_OFFICE}")
        return self.cleaned_data

    def _gaps(self) -> str:
        cleaned = self.cleaned_data
        office = cleaned.get("office", "")
        return " ".join(gaps_in_words(self.clinic, office, language(cleaned), cleaned.get("access", ())))

    @property
    def hidden_values(self) -> dict[str, str]:
        """Map each hidden field to the answer that the form asks to check; another answer is asked about again."""
        crisis = "yes" if self.speaks_of_crisis else ""
        return {"email_seen": self.data.get("email", ""), "needs_seen": self.gaps, "crisis_seen": crisis}

    @cached_property
    def speaks_of_crisis(self) -> bool:
        """Whether the free text contains words of a crisis now, or did when the form was sent before."""
        texts = (str(self.data.get(name, "")) for name in ("note", "access_note"))
        return bool(self.data.get("crisis_seen")) or speaks_of_crisis(*texts)

    @property
    def suggested_email(self) -> str:
        """The address that was probably meant; "" if nothing looks mistyped."""
        return email_suggestion(str(self.data.get("email", "")).strip())

    @property
    def wants_time(self) -> bool:
        """Whether a valid form asks to choose a time, which the next page does.

        Not after words of a crisis: that request is stored at once, for the desk to read first.
        """
        return self.cleaned_data.get("when") == CHOOSE_TIME and not self.speaks_of_crisis

    def answers(self, nonce: str) -> Answers:
        """Return the answers of a valid form. `nonce`: from the token of the form."""
        cleaned = self.cleaned_data
        phone: Phone = cleaned["phone"] or Phone("", "", "")
        ways = Ways.ticked(cleaned)
        return Answers(
            nonce=nonce,
            name=cleaned["name"],
            phone_typed=phone.typed,
            phone=phone.number,
            phone_extension=phone.extension,
            email=cleaned["email"] if ways.mail else "",
            contact_way=ways.contact_way,
            best_times=tuple(cleaned["best_times"]),
            voicemail=ways.may_leave_voicemail,
            others_may=cleaned["others_may"] or OthersMay.NOTHING,
            texts=ways.texts,
            office=cleaned["office"],
            interpreter=language(cleaned),
            access=tuple(cleaned["access"]),
            access_note=cleaned["access_note"],
            reason=cleaned["reason"],
            for_whom=cleaned["for_whom"],
            note=cleaned["note"],
            article=self.article if cleaned.get("came_from_ok") else "",
            not_emergency=not self.adult_alone,
            crisis_seen=self.speaks_of_crisis,
            trapped=bool(cleaned["subject_line"]),
        )


def _office_hint(clinic: Clinic, office: Office, now: dt.datetime) -> str:
    """Return the phone number of the office, what it offers, and by when it answers."""
    offered = [*(ACCESS[key] for key in office.access), *(f"{language} interpreter" for language in office.languages)]
    offers = f"Offers: {', '.join(offered)}. " if offered else ""
    return f"{office.phone_shown}. {offers}Ask now, and we reply by {day_and_clock(reply_by(clinic, office, now))}"


lazy_office_hint = lazy(_office_hint, str)  # lazy: a form that is stored is never rendered


def missing_answers(cleaned: Mapping[str, Any], wrong: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield (field, message) for answers that others make necessary.

    `wrong`: fields that have an error already.
    """
    has_phone = bool(cleaned.get("phone")) or "phone" in wrong
    has_email = bool(cleaned.get("email")) or "email" in wrong
    yield from missing_ways(Ways.ticked(cleaned), has_phone=has_phone, has_email=has_email)
    yield from missing_language(cleaned)
