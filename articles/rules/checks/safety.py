"""Safety: A10, A11, A15, A20."""

import re
from collections.abc import Iterator

from articles.content.word_lists import NUMBER
from articles.rules.rule import Hit, rule
from articles.rules.text.page_text import ARTICLE, PageText

TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
ONES = "one|two|three|four|five|six|seven|eight|nine"
TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
PART = r"(?:an?\s)?(?:half|quarter)(?:\s(?:of\s)?an?)?"
NUMBER_WORD = rf"(?:{PART}|(?:{TENS})(?:[\s-](?:{ONES}))?|{TEENS}|{ONES}|hundred|thousand|an?)"


@rule("A10")
def no_doses(text: PageText) -> Iterator[Hit]:
    """No dose and no rate: a number before a unit of a drug."""
    units = "|".join(re.escape(unit) for unit in sorted(text.lists["medicines.units"], key=len, reverse=True))
    # A hyphen before a number may be part of a range (“50-100 mg”), but after a letter part of a name (“L-5”).
    number = rf"(?:(?:{NUMBER}/)?{NUMBER}|(?<!-){NUMBER_WORD})"
    dose = re.compile(rf"(?<!\w)(?<![^\W\d]-){number}[\s-]*(?:{units})(?![\w])", re.IGNORECASE)
    for sentence in text.own_sentences:
        found = dose.search(sentence.text)
        if found:
            yield Hit(sentence.line, f"“{found[0]}” is a dose.", "Take it out: doses are for the clinician.")


@rule("A11", on=(ARTICLE,))
def required_parts(text: PageText) -> Iterator[Hit]:
    """The page carries each shared passage and fixed section that its kind must have.

    Who wrote it, who pays, dates, sources and the place for feedback stand in the page's frame.
    """
    lists, carried = text.lists, set(text.article.carried)
    names = (*lists["required.article_blocks"], *(lists["required.ketamine_blocks"] if text.about_ketamine else ()))
    for name in names:
        if name not in carried and not (name == "risks" and _tells_risks(text)):
            message = f"The shared passage “{name}” is missing."
            yield Hit(text.line_of("blocks"), message, "List it under “blocks” on top of the file.")
    headings = {section.name for section in text.sections}
    for heading in lists["required.article_sections"]:
        if heading not in headings:
            yield Hit(text.article.body_line, f"The section “{heading}” is missing.", f"Write one: “## {heading}”.")


def _tells_risks(text: PageText) -> bool:
    """Return whether a section of the article's own takes the place of the shared passage on risks."""
    return any(text.lists.pattern("required.risk_headings").match(section.name) for section in text.sections)


@rule("A15")
def no_stopping_alone(text: PageText) -> Iterator[Hit]:
    """Who speaks of stopping a medicine says in the same passage not to do so alone."""
    stopping, harmless = text.lists.pattern("medicines.stopping"), text.lists.pattern("medicines.harmless")
    safeguards = text.lists.pattern("medicines.safeguards")
    for passage in text.own:
        found = stopping.search(harmless.sub(" ", passage.text))
        if found and not safeguards.search(passage.text) and not passage.text.endswith("?"):
            mend = "Add “never on your own” or “talk with the person who prescribes it”."
            yield Hit(passage.line, f"“{found[0]}” reads as advice to stop a medicine.", mend)


@rule("A20")
def no_stigma(text: PageText) -> Iterator[Hit]:
    """Words that shame, and street names of the drug."""
    stigma, harmless = text.lists.pattern("people.stigma", "people.nicknames"), text.lists.pattern("people.harmless")
    for passage in text.own:
        found = stigma.search(harmless.sub(" ", passage.text))
        if found:
            yield Hit(passage.line, f"“{found[0]}” can hurt or shame.", "Name the person first: “people who …”.")
