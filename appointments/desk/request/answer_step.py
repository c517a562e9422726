"""The step that shows one of the clinic's own sentences on the patient's page. See step.py."""

import datetime as dt

from django import forms

from appointments import workflow
from appointments.desk.request.step import Answers, as_shown, news
from appointments.desk.request.step_forms import VersionForm
from appointments.models import ConsultationRequest
from clinic_site.canned_answers import get_canned_answers

NO_ANSWER = "Choose an answer from the list"


class AnswerForm(VersionForm):
    """Form of an answer, by its name in content/answers.yaml, with the text that the page showed for it."""

    answer = forms.CharField(required=False, widget=forms.HiddenInput)
    answer_text = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> Answers:
        """Refuse a text that staff changed meanwhile: the desk has not read it."""
        text = get_canned_answers().get(self.cleaned_data["answer"])
        if text is None or text != self.cleaned_data["answer_text"]:
            raise forms.ValidationError(NO_ANSWER)
        return self.cleaned_data


def answer(obj: ConsultationRequest, answers: Answers, actor: str, now: dt.datetime) -> str:
    text = answers["answer_text"]
    workflow.answer(as_shown(obj, answers), text, actor, now)
    return f"The patient's page of {obj.reference} shows the answer. {news(obj, text)}"
