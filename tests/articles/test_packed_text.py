"""Long texts lie compressed in memory and read as they were written."""

from articles.packed_text import PackedText


class Note:
    text = PackedText("text")


def test_each_reads_what_was_written_also_when_it_is_empty() -> None:
    notes = [Note() for _ in range(3)]
    for note, text in zip(notes, ("", "a walk", ""), strict=True):
        note.text = text
    assert [note.text for note in notes] == ["", "a walk", ""]
    assert [note.text for note in reversed(notes)] == ["", "a walk", ""]
