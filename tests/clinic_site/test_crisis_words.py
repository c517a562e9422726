"""Crisis words are found however they are typed, and an invalid file never blocks a request."""

from pathlib import Path

import pytest

from articles.library import load_library
from clinic_site.content.files import ContentError, SourceFile
from clinic_site.crisis_words import (
    CrisisWords,
    load_crisis_words,
    parse_crisis_words,
    searches_in_crisis,
    speaks_of_crisis,
)
from tests.content_builders import make_content

CRISIS = [
    "I want to kill my self",
    "I want to end my own life",
    "she wants to end her life",
    "I don't want to be here anymore",
    "I took all my pills",
    "I would rather die",
    "life is not worth living",
    "me voy a quitar la vida",
    "no quiero seguir viviendo",
    "estaría mejor muerta",
    "quiero acabar con todo",
    "me tomé muchas pastillas",
    "voy a cortarme las venas",
    "mi hermana se quiere morir",
    "I want to die",
    "some days i WANT\nto   die.",
    "I don’t want to live like this",
    "dont want to live",
    "thinking about suicide...",
    "I will kill myself",
    "Quiero morir",
    "pienso en el SUICIDIO",
    "ya no puedo más",
    "I can't go on like this",
    "self-harm",
    "I’m thinking of hurting myself",
    "My sister says she wants to kill herself",
    "ME VOY A MATAR",
    "no quiero más, quiero hacerme daño",
]
HARMLESS = [
    "",
    "I studied for a diploma",
    "Call after 3, my dog has died",
    "Kill the voicemail box, it is full",
    "A die-hard fan of mornings",
    "Me pueden llamar por la tarde",
    "I live on the third floor",
    "It took too much time to park",
    "I have an emergency contact: my sister",
    "I can't go on Tuesday",
    "I hurt myself lifting a box",
    "The stairs kill me",
    "Tengo miedo de hacerme daño al subir",
    "El viaje me mató la espalda",
    "My sign-in number ends in 911",
]


@pytest.mark.usefixtures("real_content")
class TestShippedWords:
    @pytest.mark.parametrize("text", CRISIS)
    def test_crisis_words_are_found(self, text: str) -> None:
        assert speaks_of_crisis("Call after 3", text)
        assert searches_in_crisis(text)

    @pytest.mark.parametrize("text", HARMLESS)
    def test_harmless_texts_raise_no_alarm(self, text: str) -> None:
        assert not speaks_of_crisis(text, "")

    @pytest.mark.parametrize("text", ["die", "988", "ambulance", "emergencia"])
    def test_a_single_word_counts_in_a_search_only(self, text: str) -> None:
        assert searches_in_crisis(text)
        assert not speaks_of_crisis(text)


def parsed(text: str) -> CrisisWords:
    return parse_crisis_words(SourceFile(path="crisis.yaml", text=text, digest=""))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("phrases: [suicide]", "“search_words” is missing"),
        ("phrases: []\nsearch_words: [die]", "“phrases” must hold words"),
        ("phrases: [suicide]\nsearch_words: ['...']", "“search_words” must hold words"),
        ("phrases: [suicide]\nsearch_words: [die]\nword: [x]", "“word” is not a known key"),
    ],
)
def test_each_mistake_is_reported_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(ContentError, match=words):
        parsed(text)


def test_an_invalid_file_leaves_the_last_good_words(tmp_path: Path) -> None:
    root = make_content(tmp_path)
    good = load_crisis_words(root)
    assert "suicide" in good.phrases
    (root / "crisis.yaml").write_text("phrases: suicide")
    assert load_crisis_words(root, good) is good
    [problem] = load_library(root).problems
    assert problem.path == "crisis.yaml"


def test_without_the_file_nothing_is_found(tmp_path: Path) -> None:
    assert load_crisis_words(tmp_path) == CrisisWords()
