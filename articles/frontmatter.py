"""Text of a Markdown file -> front matter and body, or an error with path and line."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from articles.documents import STATUSES, Article, Page, Reviewer
from articles.rendering.limits import check_limits
from articles.rendering.raw_html import without_html
from articles.rules.levels import MAY_WARN, RULES
from clinic_site.content_files import SLUG, ContentError, Fields, SourceFile, parse_yaml

FENCE = "---"
SUMMARY_WORDS = 60
STATE = re.compile("[A-Z]{2}")


def parse_article(source: SourceFile) -> Article:
    """Raises ContentError at the first thing that is wrong in the front matter."""
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
    )
    author.done()
    fields.done()
    _check_dates(article, fields)
    return article


def parse_page(source: SourceFile) -> Page:
    """Raises ContentError at the first thing that is wrong in the front matter."""
    fields, body, body_line = _split(source)
    page = Page(**_common(source, fields, body, body_line))
    fields.done()
    return page


def _split(source: SourceFile) -> tuple[Fields, str, int]:
    """Front matter, body, and the line on which the body starts."""
    lines = source.text.split("\n")
    if lines[0].strip() != FENCE:
        raise ContentError(source.path, 1, "The file must start with a line “---” and its front matter.")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if end is None:
        raise ContentError(source.path, 1, "The front matter has no end. Close it with a line “---”.")
    fields = parse_yaml(source.path, "\n".join(lines[1:end]), first_line=2)
    return fields, "\n".join(lines[end + 1 :]), end + 2


def _common(source: SourceFile, fields: Fields, body: str, body_line: int) -> dict[str, Any]:
    """What articles and pages share."""
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
    """`slug` itself. Raises what `error` makes of a sentence that ends in `advice`."""
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
    """The rules that warn about the page and are answered: id -> reason."""
    if "accepted" not in fields.keys():  # noqa: SIM118 (not a dict)
        return {}
    accepted = fields.fields("accepted")
    for rule in accepted.keys():  # noqa: SIM118 (not a dict)
        if rule not in RULES:
            raise accepted.error(rule, f"“{rule}” is not a rule. Rules go from {RULES[0]} to {RULES[-1]}.")
        if rule not in MAY_WARN:
            raise accepted.error(rule, f"{rule} stops publication. No reason answers it: mend the text.")
    return {rule: accepted.text(rule) for rule in accepted.keys()}  # noqa: SIM118


def _reviewer(fields: Fields) -> Reviewer | None:
    """Absent until a real clinician signs; then the site itself writes it."""
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
