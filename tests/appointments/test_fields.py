import pytest
from django import forms

from appointments import fields
from appointments.phones import Phone


def errors_of(field: forms.Field, value: object) -> list[str]:
    with pytest.raises(forms.ValidationError) as caught:
        field.clean(value)
    return list(caught.value.messages)


@pytest.mark.parametrize(
    "name",
    ["Ana", "Ana-María O’Neill", "O'Brien", "李小龍", "Nguyễn Thị Ánh", "محمد علي", "می‌خواهم", "X Æ A-12", "a" * 200],
)
def test_a_name_in_any_script_is_kept_as_it_is(name: str) -> None:
    assert fields.LineField(label="Name", short="Name").clean(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
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
def test_a_line_is_one_line(typed: str | None, kept: str) -> None:
    assert fields.LineField(label="Name", short="Name").clean(typed) == kept


def test_a_text_that_is_too_long_is_told() -> None:
    field = fields.LineField(label="Full name", short="Name")
    assert errors_of(field, "a" * 201) == ["Name must be 200 characters or fewer"]


def test_a_line_that_is_needed_says_what_to_enter() -> None:
    field = fields.LineField(label="Full name", short="Name", missing="Enter your name")
    assert errors_of(field, " \n ") == ["Enter your name"]


@pytest.mark.parametrize(
    "field", [fields.LineField(label="", short=""), fields.NoteField(label="", short="", max_length=9)]
)
def test_no_browser_cuts_off_what_is_pasted(field: forms.Field) -> None:
    assert "maxlength" not in field.widget.attrs


def test_a_note_keeps_its_lines_and_counts_each_break_once() -> None:
    field = fields.NoteField(label="Note", short="Note", max_length=5)
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
def test_an_email_address_that_looks_right_is_right(typed: str) -> None:
    assert fields.EmailField(label="E-mail").clean(typed) == "ana@example.com"


@pytest.mark.parametrize("typed", ["ana@example.com", " ana@example.com ", "a.b+c@sub.example.org"])
def test_an_email_address_is_taken(typed: str) -> None:
    assert fields.EmailField(label="E-mail").clean(typed) == typed.strip()


@pytest.mark.parametrize("typed", ["ana", "ana@", "@example.com", "ana@example", "a b@example.com"])
def test_an_email_address_in_the_wrong_format_is_told(typed: str) -> None:
    assert errors_of(fields.EmailField(label="E-mail"), typed) == [fields.EMAIL_ERROR]


def test_a_phone_number_is_read() -> None:
    assert fields.PhoneField(label="Phone").clean("727.555.0142 x3") == Phone("727.555.0142 x3", "+17275550142", "3")


def test_no_phone_number_is_none() -> None:
    assert fields.PhoneField(label="Phone").clean(" ") is None


def test_a_phone_number_with_too_few_digits_is_told() -> None:
    assert errors_of(fields.PhoneField(label="Phone"), "555 0142") == [
        "Phone number must have 10 digits, like 727 555 0142"
    ]


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
def test_a_typing_slip_is_noticed(typed: str, meant: str) -> None:
    assert fields.email_suggestion(typed) == meant


def test_a_slip_is_never_a_right_domain_of_another() -> None:
    slips = [slip for wrong in fields.EMAIL_SLIPS.values() for slip in wrong]
    assert len(slips) == len(set(slips))
    assert not set(slips) & set(fields.EMAIL_SLIPS)
