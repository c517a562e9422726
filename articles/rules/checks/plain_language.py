"""Plain language: A16, A17, A18, A22."""

import re
from collections.abc import Iterator

from articles.content.rule_ids import BLOCK, HINT
from articles.rendering.sections import FAQ
from articles.rules.rule import WHOLE_PAGES, Hit, rule
from articles.rules.text.page_text import ARTICLE, PageText, Section, sections
from articles.rules.text.passages import RUNNING
from articles.rules.text.readability import Grades, grades, words_of
from articles.rules.text.visible_text import Sentence

HARD, TOO_HARD, SECTION_TOO_HARD = 8.0, 9.0, 10.0
JUDGED_FROM = 60  # words: the grade of a shorter text says little
AVERAGE_WORDS, MOST_WORDS = 18, 30
MOST_SENTENCES = 5  # in a paragraph
MOST_WITHOUT_HEADING = 200
MOST_PASSIVE = 0.15
BETWEEN = "not|also|often|now|then|still|been|being"
SENTENCES_FOR_A_SHARE = 20  # a share of fewer says little
FEWEST_QUESTIONS, MOST_QUESTIONS, LONGEST_ANSWER = 2, 8, 80
SHORTER = "Split it, or say it in fewer words."


@rule("A16", on=WHOLE_PAGES)
def reading_grade(text: PageText) -> Iterator[Hit]:
    """Flesch-Kincaid of the page and of each section; SMOG is told beside it.

    Body text only: no tables, no sources, no shared passages, no names of drugs that the glossary explains.
    """
    graded = _grade_and_message(text, text.running_sentences, "The page")
    if graded and graded[0] > HARD:
        level = BLOCK if graded[0] > TOO_HARD else HINT
        yield Hit(text.page.body_line, graded[1], "Use shorter words and sentences.", level)
    for section in text.sections:
        graded = _grade_and_message(text, _running(section), f"The section “{section.name}”")
        if graded and graded[0] > SECTION_TOO_HARD:
            yield Hit(section.line, graded[1], "Use shorter words and sentences.", BLOCK)


def page_grade(text: PageText) -> float | None:
    """Return the Flesch-Kincaid grade of the page; None for one that is too short."""
    found = _grades(text, text.running_sentences)
    return found.flesch_kincaid if found else None


def _grade_and_message(text: PageText, sentences: tuple[Sentence, ...], what: str) -> tuple[float, str] | None:
    """Return the grade and a sentence about it; None for a text that is too short."""
    found = _grades(text, sentences)
    if found is None:
        return None
    return found.flesch_kincaid, f"{what} reads at grade {found.flesch_kincaid:.1f} (SMOG {found.smog:.1f})."


def _grades(text: PageText, sentences: tuple[Sentence, ...]) -> Grades | None:
    drugs = text.lists.pattern("reading.defined_drugs")
    read = [words for words in (drugs.sub("", sentence.text) for sentence in sentences) if words_of(words)]
    return grades(read) if sum(len(words_of(words)) for words in read) >= JUDGED_FROM else None


@rule("A17", on=WHOLE_PAGES)
def short_sentences(text: PageText) -> Iterator[Hit]:
    """Sentences, paragraphs and stretches without a heading stay short."""
    lengths = [(len(words_of(sentence.text)), sentence) for sentence in text.running_sentences]
    average = sum(length for length, _ in lengths) / max(1, len(lengths))
    if average > AVERAGE_WORDS:
        message = f"Sentences have {average:.0f} words on average."
        yield Hit(text.page.body_line, message, f"Bring them to {AVERAGE_WORDS}.")
    for length, sentence in lengths:
        if length > MOST_WORDS:
            yield Hit(sentence.line, f"This sentence has {length} words.", SHORTER)
    for passage in text.running:
        if len(passage.sentences) > MOST_SENTENCES:
            yield Hit(passage.line, f"This paragraph has {len(passage.sentences)} sentences.", "Split it.")
    yield from _long_stretches(text)


def _long_stretches(text: PageText) -> Iterator[Hit]:
    """Yield stretches with too many words between one heading, call-out or table and the next."""
    line, words = text.page.body_line, 0
    for passage in (*text.body, None):
        if passage and passage.kind in RUNNING and not passage.block:
            words += len(words_of(passage.text))
            continue
        if words > MOST_WITHOUT_HEADING:
            yield Hit(line, f"{words} words stand here without a heading.", "Add a heading, or cut.")
        line, words = passage.line if passage else line, 0


@rule("A18", on=WHOLE_PAGES)
def active_voice(text: PageText) -> Iterator[Hit]:
    """Few sentences in the passive. It is a guess: a form of “to be” before a participle."""
    sentences = text.running_sentences
    passive = [sentence for sentence in sentences if _is_passive(text, sentence.text)]
    if len(passive) > MOST_PASSIVE * max(len(sentences), SENTENCES_FOR_A_SHARE):
        share = round(100 * len(passive) / len(sentences))
        lines = ", ".join(dict.fromkeys(str(sentence.line) for sentence in passive))
        yield Hit(passive[0].line, f"{share}% of the sentences are passive: lines {lines}.", "Say who does it.")


def _is_passive(text: PageText, sentence: str) -> bool:
    be = "|".join(map(re.escape, text.lists["reading.forms_of_be"]))
    participles = "|".join(map(re.escape, text.lists["reading.participles"]))
    rest = text.lists.pattern("reading.not_passive").sub(" ", sentence)
    passive = rf"\b(?:{be})(?:\s+(?:\w+ly|{BETWEEN})){{0,3}}\s+(?:\w+ed|{participles})\b"
    return re.search(passive, rest, re.IGNORECASE) is not None


@rule("A22", on=(ARTICLE,))
def short_answers(text: PageText) -> Iterator[Hit]:
    """Two to eight common questions that the text does not answer, each with a short answer."""
    faq = text.section(FAQ)
    if not faq:
        return  # A11 reports it
    questions = [section for section in sections(faq.passages, level=3) if section.heading]
    if not FEWEST_QUESTIONS <= len(questions) <= MOST_QUESTIONS:
        mend = f"Keep {FEWEST_QUESTIONS} to {MOST_QUESTIONS}."
        yield Hit(faq.line, f"“{FAQ}” has {len(questions)} questions.", mend)
    for question in questions:
        length = sum(len(words_of(passage.text)) for passage in question.passages)
        if length >= LONGEST_ANSWER:
            yield Hit(question.line, f"This answer has {length} words.", f"Keep it under {LONGEST_ANSWER}.")


def _running(section: Section) -> tuple[Sentence, ...]:
    own = (passage for passage in section.passages if passage.kind in RUNNING and not passage.block)
    return tuple(sentence for passage in own for sentence in passage.sentences)
