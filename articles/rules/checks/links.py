"""Links, pictures and markup: A19, A25, A27."""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from articles.content.documents import Article, Document, RawHtml
from articles.content.pictures import FOLDER
from articles.content.rule_ids import BLOCK, WARN
from articles.rendering.blocks import find_open_marks
from articles.rendering.extensions import links
from articles.rendering.extensions.links import Link
from articles.rendering.page_cache import rendered
from articles.rendering.raw_html import find_html
from articles.rules.rule import MARKDOWN, Hit, rule
from articles.rules.text.page_text import KINDS, SHARED_FILE, PageText
from articles.rules.text.visible_text import visible_text

OUTSIDE = re.compile(r"\s*(?:https?:)?//", re.IGNORECASE)
NO_PLAIN_TEXT = re.compile(r"\{(?:claim-ok|certainty):|\[@[\w-]+")  # marks that only Markdown has
# Marks that change the direction of the text after them, typed or as entities. Marks for a single letter are harmless.
TURNED = re.compile(
    "[\u202a-\u202e\u2066-\u2069]|&#0*+(?:823[4-8]|829[4-7]);|&#x0*+(?:202[a-e]|206[6-9]);", re.IGNORECASE
)
ID = re.compile(r'\bid="([^"]+)"')
TERM, SOURCE = "/glossary/#", "/references/#"
OUR_PICTURES = f"/{FOLDER}/"
NO_PAGE = ("mailto:", "tel:")
CURLY = ("“", "‘")
# Ids in the templates around the text.
FRAME_IDS = frozenset({"page-sources", "page-key-points", "page-contents", "page-colophon", "schedule-heading"})


def find_links(markdown: str) -> Iterator[Link]:
    """Yield every link in the Markdown, pictures left out."""
    for link in links.find_links(markdown):
        yield replace(link, label=visible_text(link.label).text)


def find_images(markdown: str) -> Iterator[Link]:
    """Yield every picture: its text alternative, its address, its line."""
    for image in links.find_images(markdown):
        yield replace(image, label=image.label.strip())


@rule("A19", on=MARKDOWN)
def known_terms(text: PageText) -> Iterator[Hit]:
    """No link to a term that the glossary lacks. That each term is linked at first use is the renderer's work."""
    for link in find_links(text.markdown):
        if link.target.startswith(TERM) and link.target.removeprefix(TERM) not in text.shared.terms:
            message = f"The glossary has no term at “{link.target}”."
            yield Hit(text.line(link.line), message, "Correct the address, or add the term to glossary.yaml.")


@rule("A25", on=(*KINDS, SHARED_FILE))
def nothing_from_outside(text: PageText) -> Iterator[Hit]:
    """No picture that was not uploaded here, no HTML, no comment, no mark for reviewers that readers would see.
    Nothing that turns letters around.

    None of it would reach a page: HTML is taken out as a file is read, and the sanitizer lets pictures of ours through
    alone. Lines of the front matter and texts in files of YAML, which are no Markdown, would show it as it is typed.
    """
    for html in (*text.html, *find_html(text.markdown)):
        yield _raw_html(html, text.line(html.line))
    for number in find_open_marks(text.markdown):
        yield Hit(text.line(number), "“{claim-ok:” has no end, so readers see it.", "Close it with “}”.")
    yield from _shown_as_typed(text)
    yield from _turned(text)
    for image in find_images(text.markdown):
        if OUTSIDE.match(image.target):
            yield Hit(text.line(image.line), "This picture comes from another host.", "Take it out.")
        elif not image.target.startswith(OUR_PICTURES):
            mend = "Upload it at “Pictures” in the editor, and copy its line from there."
            yield Hit(text.line(image.line), "This picture is none of ours, and readers would not see it.", mend)


def _shown_as_typed(text: PageText) -> Iterator[Hit]:
    """Yield what a text that is no Markdown would show as it is typed."""
    for passage in text.typed:
        yield from (_raw_html(html, passage.line) for html in find_html(passage.markdown))
    for passage in text.own:
        for mark in NO_PLAIN_TEXT.finditer(passage.markdown if passage.plain else ""):
            message = f"“{mark[0]}” means nothing in this text, and readers see it as it is typed."
            yield Hit(passage.line, message, "Take it out, with all that belongs to it.")


def _turned(text: PageText) -> Iterator[Hit]:
    """Yield lines that readers see in another order than the one in which they are typed and checked."""
    lines = enumerate(text.markdown.split("\n"), text.first_line)
    for line, words in (*lines, *((passage.line, passage.markdown) for passage in text.typed)):
        if TURNED.search(words):
            message = "Unseen marks of direction in this line show letters in another order than they are typed."
            yield Hit(line, message, "Remove the marks: delete the line and type it anew.")


def _raw_html(html: RawHtml, line: int) -> Hit:
    if html.comment:
        return Hit(line, f"“{html.text}” is a comment, which no reader gets.", "Take it out, or write it for readers.")
    return Hit(line, f"“{html.text}” is HTML, which does nothing here.", "Take it out: write Markdown.")


@rule("A27", on=MARKDOWN, beyond=True)
def links_lead_somewhere(text: PageText) -> Iterator[Hit]:
    """No broken link, none to a seller; a host that is not on the list warns. Whether outside pages answer: --links."""
    for link in find_links(text.markdown):
        if link.target.startswith((TERM, *NO_PAGE)):
            continue
        outside = link.target.startswith(("https://", "http://"))
        problem = _outside(text, link.target) if outside else _inside(text, link.target)
        if problem:
            message, mend, level = problem
            yield Hit(text.line(link.line), message, mend, level)
        if link.title.startswith(CURLY):
            message = f"The title {link.title} of this link stands in curly quotation marks."
            yield Hit(text.line(link.line), message, "Take it out: readers never see it.", BLOCK)
    for unlinked in links.find_unlinked(text.markdown):
        level = BLOCK if unlinked.broken else WARN
        yield Hit(text.line(unlinked.line), f"“{unlinked.text}” {unlinked.why}", unlinked.mend, level)


def _outside(text: PageText, target: str) -> tuple[str, str, str] | None:
    host = (urlsplit(target).hostname or "").removeprefix("www.")
    if _covers(text.lists["links.sellers"], host):
        return f"{host} sells something.", "Take the link out.", BLOCK
    if _covers(text.lists["links.allowed_hosts"], host):
        return None
    return f"{host} is not on the list of outside pages.", "Add it to rules/links.yaml, or take the link out.", WARN


def _covers(hosts: tuple[str, ...], host: str) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in hosts)


def _inside(text: PageText, target: str) -> tuple[str, str, str] | None:
    if not target:
        return "This link leads nowhere.", "Write its address between ( and ).", BLOCK
    path, _, anchor = target.partition("#")
    path = path.partition("?")[0]
    site = text.site
    if path in site.moved:
        return f"{path} has moved.", f"Write {site.moved[path]}.", WARN
    page = site.documents.get(path) if path else text.document
    if page is None:
        known = path in site.addresses and (not anchor or f"{path}#{anchor}" in site.addresses)
        return None if known or not path else (f"“{target}” leads nowhere.", "Correct the address.", BLOCK)
    if isinstance(page, Article) and page.status == "draft" and page is not text.document:
        return f"{path} is a draft, which readers cannot open.", "Publish it, or take the link out.", WARN
    if anchor and unquote(anchor) not in _ids(page):
        return f"{page.url} has no place called “{anchor}”.", "Correct what follows the “#”.", BLOCK
    return None


def _ids(page: Document) -> frozenset[str]:
    page_html = rendered(page)
    found = ID.findall(page_html.lead + page_html.key_points + page_html.body + page_html.closing)
    return FRAME_IDS.union(found, (f"source-{cited.number}" for cited in page_html.cited))
