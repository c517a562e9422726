"""The form by which a patient asks for a consultation.

Each field is there because the desk needs the answer; models.py says for what.
"""

import copy
import datetime as dt
import re
from collections.abc import Collection
from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.http import QueryDict

from appointments import fields
from appointments.answers import Answers
from appointments.choices import LANGUAGES, OTHER_LANGUAGE, OWN_NAMES, BestTime, ContactWay, ForWhom, OthersMay, Reason
from appointments.consents import wording
from appointments.cross_checks import missing_answers
from appointments.layout import consultation_helper
from appointments.needs import gaps_in_words
from appointments.phones import Phone
from clinic_site.clinic import ACCESS, Clinic, reply_by
from clinic_site.crisis import speaks_of_crisis
from clinic_site.folding import without_invisible
from clinic_site.wording import day_and_clock

# Stored as the form gives them, under the same name.
AS_THEY_ARE = ("name", "email", "contact_way", "texts", "office", "access_note", "reason", "for_whom", "note")
FREE_TEXT = ("name", "interpreter_other", "access_note", "note")
OVERRIDES = re.compile("[\u202d\u202e]")  # they make letters be shown in another order
SLUG = re.compile(r"[a-z0-9-]{1,100}")
NOTE_LENGTH = 200
ONE_OF_TWO = "Give a phone number, an e-mail address, or both."
SLIP = "Check your e-mail address. Did you mean"
TURNED = (
    "We took out invisible characters that turned this text round. Check how it reads now, and press the button again"
)
PRESS_AGAIN = "If it is right as it is, press the button again"
OTHER_OFFICE = "Change your choice, or press the button again to keep it: then the clinic will tell you what it can do"


_made: list[tuple[Clinic, dict[str, forms.Field]]] = []  # by fields_for(), of the last clinic alone


def article_slug(text: str) -> str:
    """`text` when it can be the slug of an article, otherwise ""."""
    return text if SLUG.fullmatch(text) else ""


def clean_post(post: QueryDict) -> QueryDict:
    """A copy of what was posted without NUL characters, which neither HTML nor PostgreSQL can hold, and without what
    nobody can see: what is checked and shown again is what the patient reads."""
    clean = QueryDict(mutable=True)
    for name, values in post.lists():
        clean.setlist(name, [without_invisible(str(value).replace("\0", "")) for value in values])
    return clean


def turned_round(post: QueryDict) -> list[str]:
    """Names of the fields whose text reads otherwise once clean_post() has taken its invisible characters out."""
    return [name for name, values in post.lists() if any(OVERRIDES.search(str(value)) for value in values)]


class ConsultationForm(forms.Form):
    use_required_attribute = False
    # Not "(optional)": one of the two is needed, and a default stands.
    unmarked = ("phone", "email", "voicemail", "others_may")

    adult = fields.box("", "Tick the box to say that you are 18 or older")
    not_emergency = fields.box("", "Tick the box to say that this is not an emergency. In an emergency, call 911")

    for_whom = fields.radios(
        "Who is it for?",
        ForWhom.choices,
        initial="",
        help_text="If you ask for someone else, give only your own name and contact details here.",
    )

    name = fields.LineField(
        label="Full name",
        short="Name",
        missing="Enter your name",
        help_text="The name you want us to use.",
        widget=forms.TextInput({"autocomplete": "name", "spellcheck": "false"}),
    )
    phone = fields.PhoneField(label="Phone number")
    email = fields.EmailField(
        label="E-mail address",
        help_text="So that we can write to you and confirm your request.",
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )
    contact_way = fields.radios("How should we reach you?", ContactWay.choices, initial="")
    texts = fields.box("You may text me")
    voicemail = fields.radios("May we leave a voicemail?", [("no", "No"), ("yes", "Yes")], initial="no")
    others_may = fields.radios("If someone else answers the phone", OthersMay.choices, initial=OthersMay.NOTHING)
    best_times = fields.checkboxes("When is a good time?", BestTime.choices)

    office = fields.radios("Which office?", [])
    interpreter = fields.selection("Interpreter", [])
    interpreter_other = fields.LineField(
        label="Another language", short="Language", max_length=100, help_text="If it is not in the list."
    )
    access = fields.checkboxes("Access needs", ACCESS.items())
    access_note = fields.LineField(label="Other access needs", short="Access needs")

    reason = fields.radios("What is your request about?", Reason.choices, initial="")
    note = fields.NoteField(
        label="Short note",
        short="Note",
        max_length=NOTE_LENGTH,
        help_text=f"Please do not write health details here. Up to {NOTE_LENGTH} characters.",
        widget=forms.Textarea({"rows": 3}),
    )
    came_from_ok = fields.box("Tell the clinic which article I came from", initial=True)
    came_from = forms.CharField(required=False, widget=forms.HiddenInput)

    privacy = fields.box("", "Tick the box to say that you have read the privacy notice")
    subject_line = forms.CharField(
        label="Leave this box empty",
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )
    # What the form has asked about already: it asks once, and never insists.
    email_seen = forms.CharField(required=False, widget=forms.HiddenInput)
    needs_seen = forms.CharField(required=False, widget=forms.HiddenInput)
    crisis_seen = forms.CharField(required=False, widget=forms.HiddenInput)  # kept, whatever the note says later
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, clinic: Clinic, now: dt.datetime, article: str = "", turned: Collection[str] = (), **kwargs: Any
    ) -> None:
        """`article`: the slug of the article that led here, "" for none. `turned`: what turned_round() found."""
        super().__init__(**kwargs)
        self.clinic = clinic
        self.turned = [name for name in FREE_TEXT if name in turned]
        self.gaps = ""  # what the chosen office lacks, and who has it; clean() finds out
        self.article = article
        self.fields = fields_for(clinic)
        self.fields["office"] = fields.with_hints(self.fields["office"], lambda slug: _office_hint(clinic, slug, now))
        if self.speaks_of_crisis:  # nobody has to say that it is none
            self.fields["not_emergency"] = copy.deepcopy(self.fields["not_emergency"])
            self.fields["not_emergency"].required = False
        if not article:
            del self.fields["came_from"], self.fields["came_from_ok"]

    @cached_property
    def helper(self) -> FormHelper:
        """What crispy forms asks for once it draws the form: a form that is stored never needs it."""
        return consultation_helper(self.article)

    def _clean_fields(self) -> None:
        """As Django does it, without making each field ready to be drawn."""
        for name, field in self.fields.items():
            try:
                self.cleaned_data[name] = field.clean(field.widget.value_from_datadict(self.data, self.files, name))
            except forms.ValidationError as error:
                self.add_error(name, error)

    def clean(self) -> dict[str, Any]:
        for field, message in missing_answers(self.cleaned_data, set(self.errors)):
            self.add_error(field, message)
        for field in filter(self.cleaned_data.get, self.turned):
            self.add_error(field, TURNED)
        if self.email_meant and self.data.get("email_seen") != self.seen["email_seen"]:
            self.add_error("email", f"{SLIP} {self.email_meant}? {PRESS_AGAIN}")
        self.gaps = self._gaps()
        if self.gaps and self.data.get("needs_seen") != self.gaps:
            self.add_error("office", f"{self.gaps} {OTHER_OFFICE}")
        return self.cleaned_data

    def _gaps(self) -> str:
        given = self.cleaned_data
        office = given.get("office", "")
        return " ".join(gaps_in_words(self.clinic, office, _language(given), given.get("access", ())))

    @property
    def seen(self) -> dict[str, str]:
        """Field -> what the form will have asked about if it comes back. Another answer is asked about anew."""
        crisis = "yes" if self.speaks_of_crisis else ""
        return {"email_seen": self.data.get("email", ""), "needs_seen": self.gaps, "crisis_seen": crisis}

    @cached_property
    def speaks_of_crisis(self) -> bool:
        """Its free text does, or did when the form came back before."""
        texts = (str(self.data.get(name, "")) for name in ("note", "access_note"))
        return bool(self.data.get("crisis_seen")) or speaks_of_crisis(*texts)

    @property
    def email_meant(self) -> str:
        """The address that was probably meant; "" where nothing looks like a slip. Asked once, never insisted on."""
        return fields.email_suggestion(str(self.data.get("email", "")).strip())

    def answers(self, nonce: str) -> Answers:
        """What a valid form holds, ready to be stored. `nonce`: of the token the form was shown with."""
        given = self.cleaned_data
        phone: Phone = given["phone"] or Phone("", "", "")
        return Answers(
            nonce=nonce,
            phone_typed=phone.typed,
            phone=phone.number,
            phone_extension=phone.extension,
            best_times=tuple(given["best_times"]),
            voicemail=given["voicemail"] == "yes",
            others_may=given["others_may"] or OthersMay.NOTHING,
            interpreter=_language(given),
            access=tuple(given["access"]),
            article=self.article if given.get("came_from_ok") else "",
            not_emergency=given["not_emergency"],
            crisis_seen=self.speaks_of_crisis,
            trapped=bool(given["subject_line"]),
            **{name: given[name] for name in AS_THEY_ARE},
        )


ConsultationForm.base_fields = {}  # Django would copy each of them for each form: fields_for() does it once


def fields_for(clinic: Clinic) -> dict[str, forms.Field]:
    """Field names and fields as that clinic asks. They are everybody's: who changes one changes a copy.

    Made once for each reading of the clinic's facts: to copy all of them with their choices for each form, as Django
    does, takes longer than to read what was posted.
    """
    kept = _made[0] if _made else None
    if kept is None or kept[0] is not clinic:
        made = copy.deepcopy(ConsultationForm.declared_fields)
        made |= {"office": _office_field(clinic), "interpreter": _language_field(clinic)}
        _word_consents(made, clinic)
        kept = (clinic, made)
        _made[:] = [kept]
    return dict(kept[1])


def _word_consents(made: dict[str, forms.Field], clinic: Clinic) -> None:
    """The words on the page are the words that are stored."""
    for name in ("adult", "not_emergency", "privacy"):
        made[name].label = wording(name, clinic)
    agreed = f"Unless you choose “Do not call me” below, you agree: “{wording('calls', clinic)}”"
    made["phone"].help_text = f"{ONE_OF_TWO} With area code. {agreed}"
    made["texts"].help_text = f"Ticking it means: “{wording('texts', clinic)}”"
    made["voicemail"].help_text = f"“Yes” means: “{wording('voicemail', clinic)}”"


def _language_field(clinic: Clinic) -> forms.ChoiceField:
    spoken = {*LANGUAGES, *(language for office in clinic.offices for language in office.languages)}
    named = ((each, OWN_NAMES.get(each, each)) for each in sorted(spoken))
    languages = [("", "No interpreter needed"), *named]
    languages.append((OTHER_LANGUAGE, "Another language"))
    return fields.selection("Interpreter", languages, help_text="Free of charge.")


def _office_field(clinic: Clinic) -> forms.ChoiceField:
    names = [("", "No preference"), *((office.slug, office.name) for office in clinic.offices)]
    return fields.radios("Which office?", names, initial="")


def _office_hint(clinic: Clinic, slug: str, now: dt.datetime) -> str:
    """The office's number, what it offers, and by when it answers. Nothing for no preference."""
    office = clinic.office(slug)
    if office is None:
        return ""
    offered = [*(ACCESS[key] for key in office.access), *(f"{each} interpreter" for each in office.languages)]
    offers = f"Offers: {', '.join(offered)}. " if offered else ""
    return f"{office.phone_shown}. {offers}Ask now, and we reply by {day_and_clock(reply_by(clinic, office, now))}"


def _language(given: dict[str, Any]) -> str:
    """What was chosen and what was typed: either alone, or both."""
    chosen = given.get("interpreter", "")
    return ", ".join(each for each in (chosen, given.get("interpreter_other", "")) if each and each != OTHER_LANGUAGE)
