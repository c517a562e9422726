"""The page at phone/ beside the queue, where the desk types in what a caller says."""

import datetime as dt
import secrets
from functools import cached_property
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from appointments import workflow
from appointments.choices import Action, BestTime, ContactWay, ForWhom, OthersMay
from appointments.desk import labels
from appointments.intake import Answers, NotStored
from appointments.models import ConsultationRequest
from appointments.phones import Phone
from appointments.policies.consents import TEXTS
from appointments.policies.duplicates import LookAlike, typed_look_alikes
from appointments.request_form.fields import EmailField, PhoneField, box
from clinic_site.clinic import ACCESS, Clinic, reply_by
from clinic_site.clinic_yaml import get_clinic
from clinic_site.crisis_words import speaks_of_crisis
from clinic_site.dates import day_and_clock
from clinic_site.forms import LineField, NoteField
from clinic_site.http.responses import see_other
from clinic_site.text.folding import fold, fold_name

NAME = "appointments_consultationrequest"
THEN_BOOK = "then_book"  # the name of the button that leads to the free times
NOTE_LENGTH = 200
NO_NAME = "Enter the name of the caller"
NO_WAY = "Enter a phone number or an e-mail address"
NOT_REACHED = "Tick a way of reaching the caller, or enter an e-mail address"
NO_NUMBER_TO_TEXT = "Enter the phone number for texts"
NOT_ADULT = "Ask whether the caller is 18 or older, and say where the privacy notice is"
NO_QUESTION = "Ask whether this is an emergency. In an emergency, the caller must dial 911"
LOOK_FIRST = "Look at the requests below first. If none is this caller's, save again"
OUT_OF_DATE = "This page is out of date: open a new one"
TYPED = {"autocomplete": "off", "spellcheck": "false"}


class PhoneRequestForm(forms.Form):
    use_required_attribute = False

    name = LineField(
        label="Name",
        short="Name",
        missing=NO_NAME,
        widget=forms.TextInput({**TYPED, "autofocus": True}),
    )
    phone = PhoneField(label="Phone number")
    may_call = box("We may call this number", initial=True)
    voicemail = box("We may leave a voicemail with only a name and a phone number")
    texts = box("We may text this number")  # __init__() adds what to read out
    note = NoteField(
        label="Short note",
        short="Note",
        max_length=NOTE_LENGTH,
        help_text=f"No health details. Up to {NOTE_LENGTH} characters.",
        widget=forms.TextInput({"autocomplete": "off"}),  # one line, so that Enter sends
    )
    adult = box("18 or older, and told that the privacy notice is on our site", NOT_ADULT)
    not_emergency = box("Not an emergency", NO_QUESTION)

    email = EmailField(label="E-mail address", widget=forms.EmailInput(TYPED))
    others_may = forms.ChoiceField(label="If someone else answers", choices=OthersMay.choices, required=False)
    best_times = forms.MultipleChoiceField(
        label="Good times", choices=BestTime.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    office = forms.ChoiceField(label="Office", required=False)
    interpreter = LineField(label="Interpreter", short="Interpreter", max_length=100, widget=forms.TextInput(TYPED))
    access = forms.MultipleChoiceField(
        label="Access needs", choices=list(ACCESS.items()), required=False, widget=forms.CheckboxSelectMultiple
    )
    access_note = LineField(label="Other access needs", short="Access needs", widget=forms.TextInput(TYPED))
    for_whom = forms.ChoiceField(label="Who it is for", choices=ForWhom.choices, required=False)

    nonce = forms.RegexField(
        r"[0-9a-f]{32}",
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid"), OUT_OF_DATE),
    )

    more = ("email", "office", "interpreter", "access", "access_note", "best_times", "for_whom")

    def __init__(self, clinic: Clinic, now: dt.datetime, data: Any = None) -> None:
        super().__init__(data, initial={"nonce": secrets.token_hex(16)})
        self.now = now
        self.look_alikes: list[LookAlike] = []
        offices = [("", "No preference"), *((office.slug, office.name) for office in clinic.offices)]
        cast("forms.ChoiceField", self.fields["office"]).choices = offices
        self.fields["texts"].help_text = f"Read out first: “{TEXTS['texts'].text.format(clinic=clinic.name)}”"
        self.fields["not_emergency"].required = not self.speaks_of_crisis
        if self.is_bound:  # the list of errors takes the focus
            del self.fields["name"].widget.attrs["autofocus"]

    @cached_property
    def speaks_of_crisis(self) -> bool:
        """Whether the free text contains words of a crisis now, or did when the form was sent before."""
        texts = (str(self.data.get(name, "")) for name in ("note", "access_note"))
        return bool(self.data.get("crisis_seen")) or speaks_of_crisis(*texts)

    @property
    def seen(self) -> str:
        """The look-alikes that the page shows, as the form sends them back: they are shown before anything is saved."""
        return " ".join(pair.other.reference for pair in self.look_alikes)

    @property
    def opens_more(self) -> bool:
        """Whether a field that is closed at first has an answer or an error."""
        return self.is_bound and any(self.data.get(name) or name in self.errors for name in self.more)

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        self._check_ways()
        self.look_alikes = typed_look_alikes(self._person(), cleaned.get("nonce", ""))
        if self.look_alikes and self.data.get("seen") != self.seen:
            self.add_error(None, LOOK_FIRST)
        return cleaned

    def _check_ways(self) -> None:
        cleaned = self.cleaned_data
        if {"phone", "email"} & set(self.errors):
            return
        if not cleaned["phone"] and not cleaned["email"]:
            self.add_error("phone", NO_WAY)
        elif cleaned["texts"] and not cleaned["phone"]:
            self.add_error("phone", NO_NUMBER_TO_TEXT)
        elif not cleaned["email"] and not cleaned["may_call"] and not cleaned["texts"]:
            self.add_error("may_call", NOT_REACHED)

    def _person(self) -> ConsultationRequest:
        """Return an unsaved request that holds what look-alikes share."""
        cleaned = self.cleaned_data
        phone: Phone | None = cleaned.get("phone")
        return ConsultationRequest(
            created_at=self.now,
            phone=phone.number if phone else "",
            email_key=fold(cleaned.get("email", "")),
            name_key=fold_name(cleaned.get("name", "")),
            office=cleaned.get("office", ""),
        )

    def answers(self) -> Answers:
        """Return the answers of a valid form."""
        cleaned = self.cleaned_data
        phone: Phone = cleaned["phone"] or Phone("", "", "")
        return Answers(
            nonce=cleaned["nonce"],
            name=cleaned["name"],
            phone_typed=phone.typed,
            phone=phone.number,
            phone_extension=phone.extension,
            email=cleaned["email"],
            contact_way="" if cleaned["may_call"] else ContactWay.NO_CALLS,
            best_times=tuple(cleaned["best_times"]),
            voicemail=cleaned["voicemail"] and cleaned["may_call"],
            others_may=cleaned["others_may"] or OthersMay.NOTHING,
            texts=cleaned["texts"],
            office=cleaned["office"],
            interpreter=cleaned["interpreter"],
            access=tuple(cleaned["access"]),
            access_note=cleaned["access_note"],
            for_whom=cleaned["for_whom"],
            note=cleaned["note"],
            not_emergency=cleaned["not_emergency"],
            crisis_seen=self.speaks_of_crisis,
            by_phone=True,
        )


class PhoneRequestPage(admin.ModelAdmin[ConsultationRequest]):
    def get_urls(self) -> list[URLPattern]:
        return [path("phone/", self.admin_site.admin_view(self.phone_view), name=f"{NAME}_phone"), *super().get_urls()]

    def phone_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        clinic, now = get_clinic(), timezone.now()
        form = PhoneRequestForm(clinic, now, request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid() and (stored := self._store(request, form)):
            page = reverse(f"admin:{NAME}_change", args=[stored.pk])
            return see_other(f"{page}#visit" if THEN_BOOK in request.POST else page)
        actor = request.user.get_username()
        workflow.record_each((pair.other for pair in form.look_alikes), Action.COMPARED, actor, now)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{'Error: ' if form.errors else ''}New request by phone",
            "opts": self.opts,
            "form": form,
            "look_alikes": [
                (pair, labels.own_wishes(pair.other), labels.visit(pair.other)) for pair in form.look_alikes
            ],
            "promise": day_and_clock(reply_by(clinic, None, now)),
        }
        return render(request, "admin/appointments/phone_request.html", context)

    def _store(self, request: HttpRequest, form: PhoneRequestForm) -> ConsultationRequest | None:
        """Store the request and say what to tell the caller; None if this form was used up."""
        try:
            stored = workflow.submit(form.answers(), form.now, actor=request.user.get_username())
        except NotStored:
            form.add_error(None, OUT_OF_DATE)
            return None
        stored = ConsultationRequest.objects.get(pk=stored.pk)
        promise = f"Your reference is {stored.reference}. By {day_and_clock(stored.reply_by)} you hear from us."
        messages.success(request, f"{stored.reference} is stored. Say: “{promise}”")
        return stored
