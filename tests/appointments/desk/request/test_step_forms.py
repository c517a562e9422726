import pytest
from django.contrib.auth.models import Group, User

from appointments.desk.request.step_forms import AssignForm, NoteForm, front_desk
from clinic_site.database.group_permissions import FRONT_DESK, STAFF_EDITORS
from tests.appointments.builders import make_request

pytestmark = pytest.mark.django_db


def colleague(name: str, group: str = FRONT_DESK, active: bool = True) -> None:
    User.objects.create_user(name, is_active=active).groups.set(Group.objects.filter(name=group))


def test_colleagues_are_the_active_members_of_the_front_desk() -> None:
    colleague("dana")
    colleague("gone", active=False)
    colleague("editor", group=STAFF_EDITORS)
    assert front_desk() == ["dana"]


def test_a_request_can_be_assigned_to_the_front_desk_or_oneself() -> None:
    colleague("dana")
    form = AssignForm(obj=make_request(), actor="owner")
    assert [option.data["value"] for option in form["colleague"]] == ["", "dana", "owner"]


@pytest.mark.parametrize(
    ("text", "stored"), [("a" * 1000, "a" * 1000), ("b" * 500 + "\r\n" + "c" * 499, "b" * 500 + "\n" + "c" * 499)]
)
def test_a_note_has_up_to_1000_characters_counting_a_line_break_as_one(text: str, stored: str) -> None:
    form = NoteForm({"text": text}, obj=make_request(), actor="dana")
    assert form.is_valid()
    assert form.cleaned_data["text"] == stored


def test_a_note_has_a_label_and_a_hint() -> None:
    html = str(NoteForm(obj=make_request(), actor="dana")["text"].label_tag())
    assert "Add a note" in html
    assert NoteForm.base_fields["text"].help_text.startswith("Up to 1,000 characters. No health details.")
