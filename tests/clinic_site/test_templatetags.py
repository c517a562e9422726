"""How the facts of an office and the errors of a form read on a page."""

import datetime as dt

import time_machine
from django import forms
from django.template.loader import render_to_string

from clinic_site.clinic_yaml import get_clinic
from clinic_site.forms import FormError
from clinic_site.templatetags import clinic as tags
from tests.conftest import MONDAY_MORNING


@time_machine.travel(MONDAY_MORNING, tick=False)
def test_an_office_lists_its_week_coming_closures_and_access() -> None:
    clinic = get_clinic()
    office = clinic.offices[0]
    assert [day for day, spans in tags.week(office) if not spans] == ["Saturday", "Sunday"]
    assert tags.coming_closures(office, clinic)[0] == (dt.date(2026, 11, 26), "Thanksgiving Day")
    assert "Step-free access" in tags.access_names(office)
    assert tags.opening(clinic, office).is_open


class Question(forms.Form):
    name = forms.CharField(error_messages={"required": "Enter <b>your</b> name"})
    way = forms.ChoiceField(
        choices=[("phone", "Phone")], widget=forms.RadioSelect, error_messages={"required": "Choose"}
    )
    version = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": "Open the page again"})


def test_errors_of_a_form_lead_to_what_can_be_filled_in() -> None:
    form = Question({})
    form.add_error(None, "Wait a minute")
    assert tags.form_errors(form, "#send") == [
        FormError("#send", "Wait a minute"),
        FormError("#id_name", "Enter <b>your</b> name"),
        FormError("#id_way_0", "Choose"),
        FormError("", "Open the page again"),
    ]


def test_the_error_summary_links_where_there_is_a_place() -> None:
    html = render_to_string("_error_summary.html", {"errors": tags.form_errors(Question({})), "after": "Try again."})
    assert '<li><a href="#id_name">Enter &lt;b&gt;your&lt;/b&gt; name</a></li>' in html
    assert "<li>Open the page again</li>" in html
    assert html.index("</ul>") < html.index("<p>Try again.</p>")
