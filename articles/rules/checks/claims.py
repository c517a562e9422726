"""Promises: A08, A09, A12, A13, A14."""

import re
from collections.abc import Iterator

from articles.content.rule_ids import BLOCK, WARN
from articles.rendering.blocks import find_blocks
from articles.rules.rule import HEALTH_TEXTS, Hit, rule
from articles.rules.text.page_text import ARTICLE, HEALTH_PAGE, PageText, Section
from articles.rules.text.visible_text import Sentence

OFF_LABEL = "off_label"
APPROVED = re.compile(r"(?<!un)(?<!un-)\bapprov(?:ed|al|es)\b", re.IGNORECASE)
PAIN = re.compile(r"\bpain\b", re.IGNORECASE)
NEAR = 80  # characters
MYTH = re.compile(r"myth", re.IGNORECASE)
QUOTED = re.compile(r"[“\"][^“”\"]*[”\"]")


@rule("A08")
def banned_words(text: PageText) -> Iterator[Hit]:
    """No word that promises. In a myth, a quotation or a denial it may stand with {claim-ok: reason} for reviewers."""
    for sentence in text.own_sentences:
        found = _first(text, "banned.words", "banned.harmless", sentence.text)
        if not found:
            continue
        if sentence.claim_ok is None:
            yield Hit(sentence.line, f"“{found}” promises too much.", "Say what was seen, in whom, and for how long.")
        elif sentence.claim_ok and _may_stand(text, sentence):
            yield Hit(sentence.line, f"“{found}” is marked as right here.", "", reason=sentence.claim_ok)
        else:
            mend = "Give a reason, and use the mark only in a myth, a quotation or a sentence that says no."
            yield Hit(sentence.line, f"“{found}” may not stand here, mark or no mark.", mend)


def _may_stand(text: PageText, sentence: Sentence) -> bool:
    denied = text.lists.pattern("balance.negations").search(sentence.text)
    return bool(denied or QUOTED.search(sentence.text) or _in_myth(text, sentence.line))


def _in_myth(text: PageText, line: int) -> bool:
    """Return whether the last heading or call-out above names a myth."""
    heads = [passage for passage in text.body if passage.kind in ("heading", "title") and passage.line <= line]
    return bool(heads and MYTH.search(heads[-1].text))


@rule("A09", on=HEALTH_TEXTS)
def watched_words(text: PageText) -> Iterator[Hit]:
    """A strong word has a qualifier or a source in its sentence: for whom, how sure, in which study. Questions may ask.

    The everyday ones among them (“all”, “never”, “rare”) warn: whether they claim anything needs judgement.
    """
    qualified = text.lists.pattern("watched.qualifiers")
    for sentence in text.own_sentences:
        if sentence.keys or sentence.text.endswith("?") or qualified.search(sentence.text):
            continue
        for name, level in (("watched.strong", BLOCK), ("watched.weak", WARN)):
            found = _first(text, name, "watched.harmless", sentence.text)
            if found:
                mend = "Say for whom, how sure it is or in which study, or cite a source."
                yield Hit(sentence.line, f"“{found}” stands without a limit.", mend, level)
                break


@rule("A12", on=(ARTICLE,))
def off_label_first(text: PageText) -> Iterator[Hit]:
    """On a page about ketamine nothing promises a benefit before the off-label notice has been read.

    A page that lists the notice and does not place it shows it in the first screen: the renderer's work.
    """
    if not text.about_ketamine:
        return
    placed = next((insertion.line for insertion in find_blocks(text.markdown) if insertion.name == OFF_LABEL), None)
    if placed is not None:
        yield Hit(
            text.line(placed),
            "The off-label notice is too far down.",
            "Take this line out: it then stands on top.",
        )
    title = text.front[0]
    if _first(text, "balance.benefit", "balance.harmless", title.text):
        yield Hit(title.line, "The title speaks of a benefit above the off-label notice.", "Name the subject only.")


@rule("A13", on=(ARTICLE, HEALTH_PAGE))
def benefit_with_doubt(text: PageText) -> Iterator[Hit]:
    """A section that speaks of a benefit speaks of risk or doubt too; its shared passages count."""
    for section in text.sections:
        benefit = _benefit(text, section)
        if benefit and not any(_doubts(text, sentence) for sentence in section.sentences):
            message = "This section speaks of a benefit and of no risk or doubt."
            yield Hit(benefit.line, message, "Add what may go wrong, or what is not known.")


def _benefit(text: PageText, section: Section) -> Sentence | None:
    own = (sentence for passage in section.passages if not passage.block for sentence in passage.sentences)
    return next((part for part in own if _first(text, "balance.benefit", "balance.harmless", part.text)), None)


def _doubts(text: PageText, sentence: Sentence) -> bool:
    return text.lists.pattern("balance.doubt").search(sentence.text) is not None


@rule("A14")
def never_approved_for_pain(text: PageText) -> Iterator[Hit]:
    """“Approved” stands near “pain” with a “not” alone; {claim-ok: reason} for a drug that is approved for pain."""
    denied = text.lists.pattern("balance.negations")
    for sentence in text.own_sentences:
        if not _approved_for_pain(sentence.text) or denied.search(sentence.text):
            continue
        if sentence.claim_ok:
            yield Hit(sentence.line, "“Approved” near “pain” is marked as right.", "", reason=sentence.claim_ok)
        elif not sentence.text.endswith("?"):
            yield Hit(sentence.line, "This reads as if it were approved for pain.", "Say what it is not approved for.")


def _approved_for_pain(text: str) -> bool:
    places = (found.start() for found in APPROVED.finditer(text))
    return any(PAIN.search(text, max(0, place - NEAR), place + NEAR + len(" pain ")) for place in places)


def _first(text: PageText, words: str, harmless: str, sentence: str) -> str:
    """Return the first listed word in the sentence without its harmless phrases; "" where there is none."""
    found = text.lists.pattern(words).search(text.lists.pattern(harmless).sub(" ", sentence))
    return found[0] if found else ""
