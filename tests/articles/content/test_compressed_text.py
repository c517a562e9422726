"""Long texts are compressed in memory and read back unchanged."""

from articles.content.compressed_text import CompressedText


class Note:
    text = CompressedText("text")


def test_each_instance_reads_its_own_text_back() -> None:
    notes = [Note() for _ in range(3)]
    for note, text in zip(notes, ("", "a walk", ""), strict=True):
        note.text = text
    assert [note.text for note in notes] == ["", "a walk", ""]
    assert [note.text for note in reversed(notes)] == ["", "a walk", ""]
