"""The questions of a page for a visit, in its rendered text: found there, and made boxes to tick."""

import hashlib
import re
from dataclasses import dataclass
from html import unescape

from django.utils.safestring import SafeString, mark_safe

# In the safe HTML of a text. An item with a tag in it stays an item of a list: rule A33 reports it.
SECTION = re.compile(r'<section class="worksheet">\s*<h2 id="(?P<id>[^"]+)".*?</section>', re.DOTALL)
ITEM = re.compile(r"<li>\s*(?:<p>)?(?P<text>[^<]+)(?:</p>)?\s*</li>")
MOST = 10  # questions on a sheet, which is one page of letter paper
LIST = re.compile(r"<[uo]l")
SHEET = "/my-questions/sheet/"
NAME = "q"  # in the address of a sheet
DIGITS = 4  # of a key: enough to tell the questions of a page apart
# Short, and folded: the page has to fit the first round trip, and each open box would be a stop of the Tab key.
FORM = f'<form action="{SHEET}" aria-labelledby="{{id}}">{{heading}}'
FOLD = '<details class="fold"><summary>Tick and print</summary>'
BOX = f'<li><label><input type="checkbox" name="{NAME}" value="{{key}}"> {{text}}</label></li>'
BUTTON = '<button class="button button-quiet">Make my sheet</button></details></form>'


@dataclass(frozen=True)
class Question:
    """A question that readers may tick."""

    key: str  # in the address of a sheet: page and digest of the words, so a changed question is another one
    text: str


def questions_of(body: str, slug: str) -> tuple[Question, ...]:
    """Return the questions in the safe HTML of the page `slug`."""
    section = SECTION.search(body)
    return tuple(_question(item["text"], slug) for item in ITEM.finditer(section[0])) if section else ()


def tick_boxes(body: SafeString, slug: str) -> SafeString:
    """Return the safe HTML of the page `slug` with its questions as a form that leads to a sheet."""
    section = SECTION.search(body)
    if section is None or not ITEM.search(section[0]):
        return body
    start, end = section.start("id") - len('<h2 id="'), section.end() - len("</section>")
    opens = LIST.search(body, start)
    assert opens, "an item stands in a list"  # noqa: S101
    form = FORM.format(id=section["id"], heading=body[start : opens.start()])
    boxes = ITEM.sub(lambda item: _box(item["text"], slug), body[opens.start() : end])
    html = body[:start] + form + FOLD + boxes + BUTTON + body[end:]
    return mark_safe(html)  # noqa: S308 (the body is safe, and so is what is added)


def _box(html: str, slug: str) -> str:
    return BOX.format(key=_question(html, slug).key, text=html.strip())


def _question(html: str, slug: str) -> Question:
    text = unescape(html).strip()
    return Question(f"{slug}.{hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}", text)
