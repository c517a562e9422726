"""Front matter: A01 to A04, A21, A31. The loader checks its form (articles.frontmatter)."""

import datetime as dt
from collections.abc import Iterator

from articles.content.rule_ids import WARN
from articles.rendering.sections import KEY_POINTS
from articles.rendering.signed_text import valid_signature
from articles.review_status import STAFF_ONLY, THEN_UNLISTED
from articles.rules.rule import WHOLE_PAGES, Hit, rule
from articles.rules.text.page_text import ARTICLE, PageText
from clinic_site.text.look_alikes import fold_look_alikes

TEXTS = ("title", "summary", "audience", "main_message", "drafting", "conflict", "author")
FEWEST_POINTS, MOST_POINTS = 3, 5
LONGEST = dt.timedelta(days=366)
LONGEST_KETAMINE = dt.timedelta(days=184)  # six months
UNLISTED_AFTER = STAFF_ONLY + THEN_UNLISTED


@rule("A01", on=(ARTICLE,))
def complete(text: PageText) -> Iterator[Hit]:
    """Nothing on top of the file is a placeholder or an empty list, and nothing in the text is left to “fill in:”.

    That every line is there is the loader's work; glossary terms are found by the renderer, not listed.
    """
    article = text.article
    author = f"{article.author_name} {article.author_role}"
    texts = [(text.line_of(key), key, getattr(article, key, author)) for key in TEXTS]
    texts += [(answer.line, answer.question, answer.text) for answer in article.answers]
    placeholder = text.lists.pattern("wording.placeholders")
    for line, name, value in texts:
        if placeholder.search(fold_look_alikes(value)):
            yield Hit(line, f"“{name}” still holds a placeholder.", "Write what is true.")
    for key in ("topics", "sources"):
        if not getattr(article, key):
            yield Hit(text.line_of(key), f"“{key}” is empty.", "List at least one.")
    for passage in text.body:
        found = placeholder.match(passage.text)
        if found and passage.text.startswith(":", found.end()):
            yield Hit(passage.line, f"“{found[0]}:” is left from the outline.", "Write it, or take it out.")


@rule("A02", on=(ARTICLE,))
def reviewer(text: PageText) -> Iterator[Hit]:
    """A reviewer on the page is a person with credentials, and the text never says more than the reviewer line.

    The rest is the page's own work: without a reviewer it shows the pending banner and is not called reviewed anywhere.
    """
    signed = text.article.signed
    name = fold_look_alikes(f"{signed.name} {signed.credentials}") if signed else ""
    if text.lists.pattern("wording.placeholders").search(name):
        yield Hit(text.line_of("reviewer"), "The reviewer is a placeholder.", "Name the clinician, or take it out.")
    if signed:
        return
    for sentence in text.own_sentences:
        if text.lists.pattern("wording.reviewed").search(sentence.text):
            message = "The text says that the page was checked, but no reviewer has signed."
            yield Hit(sentence.line, message, "Take the words out until a clinician has signed.")


@rule("A03", on=(ARTICLE,))
def review_due(text: PageText) -> Iterator[Hit]:
    """The next check is not too far off, and not overdue. Telling readers and unlisting the page is the site's work.

    A correction never waits for a check: an overdue check warns, and stops neither this page nor another one. How far
    off the next check may be counts from the day of the change, or of the check while its signature is valid.
    """
    article, line = text.article, text.line_of("review_due")
    changed = min(article.updated, text.today)
    late = text.today - article.review_due
    if late > dt.timedelta():
        then = " It must not be listed any more." if late > UNLISTED_AFTER else ""
        reason = (
            f"It was corrected on {changed}, and a correction does not wait." if changed > article.review_due else ""
        )
        message = f"The check was due on {article.review_due}.{then}"
        yield Hit(line, message, "Check the page and set a new date.", WARN, reason)
    longest = LONGEST_KETAMINE if text.about_ketamine else LONGEST
    # A signature may be older than the text: a typing fix was accepted since. The clinician's own reading counts.
    signature = valid_signature(article)
    last = max(article.published, signature.on if signature else changed)
    if article.review_due - last > longest:
        months = 6 if text.about_ketamine else 12
        yield Hit(line, f"The next check is more than {months} months off.", "Set an earlier date.")


@rule("A04", on=(ARTICLE,))
def reviewed_on(text: PageText) -> Iterator[Hit]:
    """The check is not in the future, and the signature is for this very text: so it may be older than the page."""
    article = text.article
    if not article.signed:
        return
    line, on = text.line_of("reviewer"), article.signed.on
    if on > text.today:
        yield Hit(line, "The date of the check lies in the future.", "Correct it.")
    if not valid_signature(article):
        message = "The text was changed after the check."
        yield Hit(line, message, "Take the reviewer out until the new text is checked.")


@rule("A21", on=(ARTICLE,))
def main_points(text: PageText) -> Iterator[Hit]:
    """Three to five key points, one main message, and an answer to each of the three questions on top of the page.

    That the summary and the answers are short is the loader's work.
    """
    article, box = text.article, text.section(KEY_POINTS)
    points = sum(passage.kind == "item" for passage in box.passages) if box else 0
    if not FEWEST_POINTS <= points <= MOST_POINTS:
        message = f"“{KEY_POINTS}” has {points} points."
        yield Hit(box.line if box else article.body_line, message, f"Write {FEWEST_POINTS} to {MOST_POINTS}.")
    messages = next(passage for passage in text.front if passage.line == text.line_of("main_message")).sentences
    if len(messages) > 1:
        yield Hit(text.line_of("main_message"), "“main_message” is more than one sentence.", "Keep one.")
    if not article.answers:
        questions = "Does it work? Is it safe? Is it for me?"
        yield Hit(1, "The answers on top of the page are missing.", f"Answer each under “answers”: {questions}")


@rule("A31", on=WHOLE_PAGES, beyond=True)
def watched(text: PageText) -> Iterator[Hit]:
    """Nothing new about a source of the page is waiting to be looked at."""
    cited = text.page.cites
    for event in text.site.events:
        if not event.cleared and event.date <= text.today and not cited.isdisjoint(event.sources):
            message = f"Something is new about a source of this page ({event.date}: {event.event})."
            yield Hit(1, message, "Hold the page against it, then set “cleared: true” in watch.yaml.")
