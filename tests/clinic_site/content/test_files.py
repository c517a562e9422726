"""Files are read whole and checked, or refused with path, line and one sentence."""

import hashlib
import os
from pathlib import Path

import pytest

from clinic_site.content.files import MAX_BYTES, ContentError, Problem, as_content_error, content_names, read_source
from clinic_site.content.yaml_fields import parse_yaml


def problem_of(text: str, take: str = "value") -> Problem:
    with pytest.raises(ContentError) as caught:
        take_all(text, take)
    return caught.value.problem


def take_all(text: str, take: str) -> object:
    fields = parse_yaml("file.yaml", text)
    taken: object = getattr(fields, take)("key")
    fields.done()
    return taken


def test_a_source_has_the_text_and_the_hash_of_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbfone\r\ntwo")
    source = read_source(tmp_path, tmp_path / "a.md")
    assert (source.path, source.text) == ("a.md", "one\ntwo")
    assert source.digest == hashlib.sha256(b"\xef\xbb\xbfone\r\ntwo").hexdigest()


def test_a_file_that_is_not_utf8_is_refused_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"one\ntwo \xff")
    with pytest.raises(ContentError, match=r"a\.md:2: This file is not saved as UTF-8"):
        read_source(tmp_path, tmp_path / "a.md")


def test_a_file_over_one_mebibyte_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"x" * (MAX_BYTES + 1))
    with pytest.raises(ContentError, match="larger than 1 MiB"):
        read_source(tmp_path, tmp_path / "a.md")


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    root = tmp_path / "content"
    root.mkdir()
    (root / "a.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(ContentError, match="link to a file outside the content folder"):
        read_source(root, root / "a.md")


def test_a_folder_named_like_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()
    with pytest.raises(ContentError, match="not a file that can be read"):
        read_source(tmp_path, tmp_path / "a.md")


def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    with pytest.raises(ContentError, match="not a file that can be read"):
        read_source(tmp_path, tmp_path / "a.md")


def test_a_circular_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "a.md")
    with pytest.raises(ContentError, match="cannot be read"):
        read_source(tmp_path, tmp_path / "a.md")


def test_an_unforeseen_fault_is_reported_like_any_other(caplog: pytest.LogCaptureFixture) -> None:
    with (
        pytest.raises(ContentError, match=r"a\.md:1: This file cannot be used \(ZeroDivisionError\)"),
        as_content_error("a.md"),
    ):
        1 / 0  # noqa: B018
    assert "content: a.md" in caplog.text


def test_markdown_and_yaml_are_listed_without_hidden_files(tmp_path: Path) -> None:
    (tmp_path / ".trash").mkdir()
    for name in ("b.md", "a.yaml", ".hidden.md", "notes.txt", "draft.md~", ".trash/old.md"):
        (tmp_path / name).write_text("")
    assert sorted(content_names(tmp_path)) == ["a.yaml", "b.md"]


def test_the_folder_of_pictures_is_not_searched(tmp_path: Path) -> None:
    for folder in ("pictures", "articles/pictures"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.md").touch()
    assert list(content_names(tmp_path)) == ["articles/pictures/a.md"]


UNSHOWABLE = (r"\ud800", r"\b", r"\0", r"\x1b", r"\x7f", r"\uffff")  # as YAML spells them


@pytest.mark.parametrize(
    ("take", "text", "expected"),
    [
        ("text", "key: 2024", "2024"),
        ("text", "key: no", "no"),
        ("text", r'key: "a\tb\nc d\u2028e"', "a\tb\nc d\u2028e"),
        ("texts", "key: [a, on]", ("a", "on")),
        ("texts", "key: []", ()),
        ("number", "key: 3", 3),
        ("flag", "key: true", True),
    ],
)
def test_values_are_parsed_as_editors_type_them(take: str, text: str, expected: object) -> None:
    assert take_all(text, take) == expected


@pytest.mark.parametrize(
    ("take", "text", "line", "words"),
    [
        ("text", "other: 1", 1, "“key” is missing"),
        ("text", "key:", 1, "must be text"),
        ("text", "key: [a]", 1, "must be text"),
        ("text", "key: a\nkeyy: b", 2, "“keyy” is not a known key"),
        ("text", "key: a\nkey: b", 2, "stands twice"),
        ("text", "? [a]\n: b", 1, "Expected “name: value”"),
        ("texts", "key: a", 1, "must be a list of words"),
        ("texts", "key: [a, {b: c}]", 1, "must be a list of words"),
        ("texts", "key: [a, a]", 1, "names “a” twice"),
        ("texts", "key: [a, '']", 1, "must be a list of words"),
        ("date", "key: soon", 1, "must be a date"),
        ("date", "key: 2026-02-31", 1, "not a value that exists"),
        ("date", "key: 2026-01-01 10:00:00", 1, "must be a date"),
        ("moment", "key: soon", 1, "must be a date and time"),
        ("moment", "key: 2026-13-01 08:00", 1, "must be a date and time"),
        ("number", "key: many", 1, "must be a whole number"),
        ("number", "key: true", 1, "must be a whole number"),
        ("flag", "key: maybe", 1, "must be true or false"),
        ("fields", "key: a", 1, "must hold lines"),
        ("each", "key: a", 1, "must be a list"),
        ("each", "key: [a]", 1, "must hold lines"),
        ("text", "\n\nkey: [", 3, "not valid YAML"),
        ("text", "key: [open\nother: 1", 1, "not valid YAML"),
        ("text", "key: a: b", 1, "not valid YAML"),
        ("text", "key: &a [1]\nother: *a", 2, "anchors"),
        ("text", "- a", 1, "Expected lines"),
        ("text", "", 1, "Expected lines"),
        ("moment", "key: 2026-01-01T10:00:00Z", 1, "on the clinic's clock"),
        ("date", "key: !!timestamp soon", 1, "not a value that exists"),
        ("flag", "key: !!bool soon", 1, "not a value that exists"),
        ("number", "key: !!int ''", 1, "not a value that exists"),
        *(("text", f'key: "a{char}b"', 1, "a character that no page can show") for char in UNSHOWABLE),
        *(("texts", f'key: ["a{char}b"]', 1, "must be a list of words") for char in UNSHOWABLE),
        ("text", 'key: "\\U00110000"', 1, "odd character"),
        ("text", 'key: "\\UFFFFFFFF"', 1, "odd character"),
        ("slug", "key: A b", 1, "cannot be part of an address"),
        ("text", "key: \x00", 1, "odd character"),
        pytest.param("text", "[" * 100_000, 1, "nested far too deep", id="deep nesting"),
    ],
)
def test_an_invalid_value_is_reported_with_its_line(take: str, text: str, line: int, words: str) -> None:
    problem = problem_of(text, take)
    assert problem.line == line
    assert words in problem.message


def test_a_missing_optional_value_has_its_default() -> None:
    fields = parse_yaml("file.yaml", "other: 1")
    assert fields.text("key", default="d") == "d"
    assert fields.texts("key", optional=True) == ()
    assert fields.number("key", default=7) == 7
    assert fields.each("key", optional=True) == []
    assert fields.moment("key") is None


def test_a_moment_may_omit_seconds_or_the_time() -> None:
    fields = parse_yaml("file.yaml", "a: 2026-11-21\nb: 2026-11-21 08:30:00\nc: 2026-11-21 08:30")
    assert [str(fields.moment(key))[11:] for key in "abc"] == ["00:00:00", "08:30:00", "08:30:00"]


def test_a_choice_must_be_one_of_the_options() -> None:
    fields = parse_yaml("file.yaml", "key: blue")
    assert fields.choice("key", ("blue",)) == "blue"
    with pytest.raises(ContentError, match="Use one of: red, green"):
        fields.choice("key", ("red", "green"))


def test_lines_are_counted_from_the_start_of_the_yaml() -> None:
    with pytest.raises(ContentError) as caught:
        parse_yaml("a.md", "key: a\nodd: b", first_line=2).done()
    assert caught.value.problem.line == 2
