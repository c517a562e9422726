"""Template tags of public pages: sources, shared passages, reading time, the feedback form."""

import re

from django import template
from django.utils.safestring import SafeString

from articles.content.documents import Article, Source
from articles.library import get_library
from articles.readers.feedback import UnclearForm
from articles.rendering.blocks import reading_minutes
from articles.rendering.certainty import class_of, words_of
from articles.rendering.questions import tick_boxes
from articles.rendering.renderer import halves, render_block

register = template.Library()
register.filter(reading_minutes)
register.filter(halves)
register.filter(tick_boxes)
register.filter("certainty_class", class_of)
register.filter("certainty_words", words_of)
MOST_AUTHORS = 3
OPTION = re.compile(r'<option value="([^"]+)">\1(?=</option>)')


@register.filter
def authors(source: Source) -> str:
    """Return the first three authors, and others if there are more."""
    names = [name for name in source.authors if not name.startswith("et al")]
    shortened = len(names) > MOST_AUTHORS or len(names) < len(source.authors)
    return ", ".join(names[:MOST_AUTHORS]) + (", and others" if shortened else "")


@register.filter(is_safe=True)
def short_options(html: str) -> str:
    """Return `html` with options whose value is their words without it: browsers send the words then."""
    return OPTION.sub(r"<option>\1", html)


@register.filter
def short(source: Source) -> str:
    """Return the first author and the year."""
    return " ".join(filter(None, (source.authors[0], source.year)))


@register.simple_tag
def shared_block(name: str) -> SafeString:
    """Return the block content/blocks/<name>.md, so that one change updates every page; "" if there is none."""
    return render_block(get_library().shared, name)


@register.simple_tag
def unclear_form(article: Article) -> UnclearForm:
    """Return the feedback form, the same for every reader, so that the page is the same bytes."""
    return UnclearForm(article)
