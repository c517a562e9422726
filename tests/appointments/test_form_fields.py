import pytest
from django import forms

from appointments.forms import EMAIL_SLIPS, email_suggestion
from appointments.phones import Phone
from appointments.request_form.fields import EMAIL_ERROR, EmailField, PhoneField
from clinic_site.forms import LineField, NoteField


def errors_of(field: forms.Field, value: object) -> list[str]:
    with pytest.raises(forms.ValidationError) as caught:
        field.clean(value)
    return list(caught.value.messages)


@pytest.mark.parametrize(
    "name",
    ["Ana", "Ana-María O’Neill", "O'Brien", "李小龍", "Nguyễn Thị Ánh", "محمد علي", "می‌خواهم", "X Æ A-12", "a" * 200],
)
def test_a_name_in_any_script_is_unchanged(name: str) -> None:
    assert LineField(label="Name", short="Name").clean(name) == name


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  Ana  ", "Ana"),
        ("Ana\r\nTorres", "Ana Torres"),
        ("Ana\tTorres", "Ana Torres"),
        ("Ana\x07Torres", "Ana Torres"),
        ("Ana\u2028Torres", "Ana Torres"),
        ("\u202eserroT", "serroT"),
        ("Ana\u200b \ufeffTor\u00adres\u2060", "Ana Torres"),
        ("\u2067Ana\u2069\u200e\u061c", "Ana"),
        ("\u3164", ""),
        ("\u200b \u2800", ""),
        ("\u0301", ""),
        ("   ", ""),
        (None, ""),
    ],
)
def test_line_breaks_are_removed(typed: str | None, cleaned: str) -> None:
    assert LineField(label="Name", short="Name").clean(typed) == cleaned


def test_too_long_a_text_is_an_error() -> None:
    field = LineField(label="Full name", short="Name")
    assert errors_of(field, "a" * 201) == ["Name must be 200 characters or fewer"]


def test_a_required_line_says_what_to_enter() -> None:
    field = LineField(label="Full name", short="Name", missing="Enter your name")
    assert errors_of(field, " \n ") == ["Enter your name"]


@pytest.mark.parametrize("field", [LineField(label="", short=""), NoteField(label="", short="", max_length=9)])
def test_the_browser_does_not_truncate_pasted_text(field: forms.Field) -> None:
    assert "maxlength" not in field.widget.attrs


def test_a_note_keeps_its_lines_and_counts_every_break_once() -> None:
    field = NoteField(label="Note", short="Note", max_length=5)
    assert field.clean(" a \r\nb\x07\r\nc ") == "a\nb\nc"
    assert field.clean("\u200ba\u202eb\r\n\u3164\r\nc") == "ab\n\nc"
    assert errors_of(field, "a\r\nb\r\ncd") == ["Note must be 5 characters or fewer"]


@pytest.mark.parametrize(
    "typed",
    [
        "\ufeffana@example.com",
        "ana@exa\u200bmple.com",
        "ana\u200d@example.com",
        "ana\ufe0f@example.com",
        "\u202aana@example.com\u202c",
        "ana@exam\u00adple.com",
        "ａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ",
    ],
)
def test_a_well_formed_email_address_is_valid(typed: str) -> None:
    assert EmailField(label="E-mail").clean(typed) == "ana@example.com"


@pytest.mark.parametrize("typed", ["ana@example.com", " ana@example.com ", "a.b+c@sub.example.org"])
def test_an_email_address_is_accepted(typed: str) -> None:
    assert EmailField(label="E-mail").clean(typed) == typed.strip()


@pytest.mark.parametrize("typed", ["ana", "ana@", "@example.com", "ana@example", "a b@example.com"])
def test_a_malformed_email_address_is_an_error(typed: str) -> None:
    assert errors_of(EmailField(label="E-mail"), typed) == [EMAIL_ERROR]


def test_a_phone_number_is_parsed() -> None:
    assert PhoneField(label="Phone").clean("727.555.0142 x3") == Phone("727.555.0142 x3", "+17275550142", "3")


def test_an_empty_phone_number_is_none() -> None:
    assert PhoneField(label="Phone").clean(" ") is None


def test_too_short_a_phone_number_is_an_error() -> None:
    assert errors_of(PhoneField(label="Phone"), "555 0142") == ["Phone number must have 10 digits, like 727 555 0142"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ana@gmial.com", "ana@gmail.com"),
        ("ana@HOTMIAL.com", "ana@hotmail.com"),
        ("a@b@yaho.com", "a@b@yahoo.com"),
        ("ana@gmail.com", ""),
        ("ana@example.com", ""),
        ("@gmial.com", ""),
        ("gmial.com", ""),
        ("", ""),
    ],
)
def test_a_typo_in_the_domain_is_detected(typed: str, meant: str) -> None:
    assert email_suggestion(typed) == meant


def test_a_known_domain_is_never_a_typo_of_another() -> None:
    slips = [slip for wrong in EMAIL_SLIPS.values() for slip in wrong]
    assert len(slips) == len(set(slips))
    assert not set(slips) & set(EMAIL_SLIPS)
