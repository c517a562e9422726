"""Read a Markdown file: front matter and body, or an error with path and line."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from articles.content.documents import QUESTIONS, STATUSES, Article, Page, PageChange, Reviewer, ShortAnswer
from articles.content.rule_ids import ANSWERABLE, RULES
from articles.rendering.certainty import ANSWER_LEVELS, split_answer
from articles.rendering.limits import check_limits
from articles.rendering.raw_html import without_html
from clinic_site.content.files import SLUG, ContentError, SourceFile
from clinic_site.content.yaml_fields import Fields, parse_yaml

FENCE = "---"
SUMMARY_WORDS = 60
ANSWER_WORDS = 25
CHANGE_WORDS = 40
STATE = re.compile("[A-Z]{2}")


def parse_article(source: SourceFile) -> Article:
    """Return the article. Raises ContentError at the first fault of the front matter."""
    fields, body, body_line = _split(source)
    author = fields.fields("author")
    article = Article(
        **_common(source, fields, body, body_line),
        audience=fields.text("audience"),
        main_message=fields.text("main_message"),
        topics=fields.texts("topics"),
        author_name=author.text("name"),
        author_role=author.text("role"),
        drafting=fields.text("drafting"),
        signed=_reviewer(fields),
        status=fields.choice("status", STATUSES),
        published=fields.date("published"),
        review_due=fields.date("review_due"),
        publish_from=fields.moment("publish_from"),
        publish_until=fields.moment("publish_until"),
        aliases=_alias_slugs(fields),
        conflict=fields.text("conflict"),
        answers=_answers(fields),
        changes=_changes(fields),
    )
    author.done()
    fields.done()
    _check_dates(article, fields)
    return article


def parse_page(source: SourceFile) -> Page:
    """Return the page. Raises ContentError at the first fault of the front matter."""
    fields, body, body_line = _split(source)
    page = Page(**_common(source, fields, body, body_line))
    fields.done()
    return page


def _split(source: SourceFile) -> tuple[Fields, str, int]:
    """Return the front matter, the body, and the first line of the body."""
    lines = source.text.split("\n")
    if lines[0].strip() != FENCE:
        raise ContentError(source.path, 1, "The file must start with a line “---” and its front matter.")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if end is None:
        raise ContentError(source.path, 1, "The front matter has no end. Close it with a line “---”.")
    fields = parse_yaml(source.path, "\n".join(lines[1:end]), first_line=2)
    return fields, "\n".join(lines[end + 1 :]), end + 2


def _common(source: SourceFile, fields: Fields, body: str, body_line: int) -> dict[str, Any]:
    """Return the fields that articles and pages share."""
    check_limits(source.path, body_line, body)
    body, html = without_html(body)
    slug = _slug(
        PurePosixPath(source.path).stem, lambda message: ContentError(source.path, 1, message), "Rename the file"
    )
    if fields.text("slug", default=slug) != slug:
        raise fields.error("slug", f"“slug” differs from the file name “{slug}”. Remove it, or rename the file.")
    if not body.strip():
        raise ContentError(source.path, body_line - 1, "There is no text below the front matter.")
    return {
        "path": source.path,
        "digest": source.digest,
        "slug": slug,
        "title": fields.text("title"),
        "summary": _summary(fields),
        "updated": fields.date("updated"),
        "sources": fields.texts("sources", optional=True),
        "blocks": fields.texts("blocks", optional=True),
        "accepted": _accepted(fields),
        "body": body,
        "html": html,
        "body_line": body_line,
        "line_of": {key: fields.line_of(key) for key in fields.keys()},  # noqa: SIM118 (not a dict)
    }


def _slug(slug: str, error: Callable[[str], ContentError], advice: str) -> str:
    """Return `slug` if valid. Raises the result of `error` for a message that ends with `advice`."""
    if not SLUG.fullmatch(slug):
        raise error(f"“{slug}” cannot be part of an address. {advice} with small letters, digits and hyphens.")
    return slug


def _alias_slugs(fields: Fields) -> tuple[str, ...]:
    aliases = fields.texts("aliases", optional=True)
    return tuple(_slug(alias, lambda message: fields.error("aliases", message), "Write the alias") for alias in aliases)


def _summary(fields: Fields) -> str:
    summary = fields.text("summary")
    words = len(summary.split())
    if words > SUMMARY_WORDS:
        raise fields.error("summary", f"“summary” has {words} words. Keep it to {SUMMARY_WORDS}.")
    return summary


def _accepted(fields: Fields) -> dict[str, str]:
    """Return the reasons why warnings about the page may stay, by the id of the rule."""
    if "accepted" not in fields.keys():  # noqa: SIM118 (not a dict)
        return {}
    accepted = fields.fields("accepted")
    for rule in accepted.keys():  # noqa: SIM118 (not a dict)
        if rule not in RULES:
            raise accepted.error(rule, f"“{rule}” is not a rule. Rules go from {RULES[0]} to {RULES[-1]}.")
        if rule not in ANSWERABLE:
            raise accepted.error(rule, f"{rule} stops publication. No reason answers it: mend the text.")
    return {rule: accepted.text(rule) for rule in accepted.keys()}  # noqa: SIM118


def _answers(fields: Fields) -> tuple[ShortAnswer, ...]:
    """Return the answers to the three questions; none in a file without them, which rule A21 reports."""
    if "answers" not in fields.keys():  # noqa: SIM118 (not a dict)
        return ()
    answers = fields.fields("answers")
    found = tuple(_answer(answers, key, question) for key, question in QUESTIONS.items())
    answers.done()
    return found


def _answer(answers: Fields, key: str, question: str) -> ShortAnswer:
    parts = split_answer(answers.text(key))
    if parts is None:
        levels = ", ".join(ANSWER_LEVELS)
        message = f"“{key}” must be plain words, and at their end a mark like {{certainty: low}}. Use one of: {levels}."
        raise answers.error(key, message)
    text, level = parts
    words = len(text.split())
    if words > ANSWER_WORDS:
        raise answers.error(key, f"“{key}” has {words} words. Keep it to {ANSWER_WORDS}.")
    return ShortAnswer(question, text, level, answers.line_of(key))


def _changes(fields: Fields) -> tuple[PageChange, ...]:
    """Return what changed, the newest first."""
    changes = map(_change, fields.each("changes", optional=True))
    return tuple(sorted(changes, key=lambda change: change.on, reverse=True))


def _change(fields: Fields) -> PageChange:
    what = fields.text("what")
    change = PageChange(fields.date("on"), what, fields.flag("unclear", default=False), fields.line_of("what"))
    words = len(what.split())
    if words > CHANGE_WORDS:
        raise fields.error("what", f"“what” has {words} words. Keep it to {CHANGE_WORDS}.")
    fields.done()
    return change


def _reviewer(fields: Fields) -> Reviewer | None:
    """Return the reviewer; None if no clinician has signed. The site itself writes these lines."""
    if "reviewer" not in fields.keys():  # noqa: SIM118 (not a dict)
        return None
    reviewer = fields.fields("reviewer")
    signed = Reviewer(
        name=reviewer.text("name"),
        credentials=reviewer.text("credentials"),
        license_state=_two_letters(reviewer, "license_state"),
        on=reviewer.date("on"),
        text=reviewer.text("text"),
    )
    reviewer.done()
    return signed


def _two_letters(fields: Fields, key: str) -> str:
    value = fields.text(key)
    if not STATE.fullmatch(value):
        raise fields.error(key, f"“{key}” is “{value}”. Use the two letters of the state, like FL.")
    return value


def _check_dates(article: Article, fields: Fields) -> None:
    if article.updated < article.published:
        raise fields.error("updated", "“updated” is before “published”. Correct one of the two dates.")
    if article.review_due <= article.published:
        raise fields.error("review_due", "“review_due” must come after “published”.")
    if article.publish_from and article.publish_until and article.publish_until <= article.publish_from:
        raise fields.error("publish_until", "“publish_until” must come after “publish_from”.")
