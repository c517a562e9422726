"""Showing sources and shared passages on any page of the site."""

from django import template
from django.utils.safestring import SafeString

from articles.documents import Source
from articles.library import get_library
from articles.rendering import render_block

register = template.Library()
MOST_AUTHORS = 3


@register.filter
def authors(source: Source) -> str:
    """The first three authors, and others if there are more."""
    names = [name for name in source.authors if not name.startswith("et al")]
    shortened = len(names) > MOST_AUTHORS or len(names) < len(source.authors)
    return ", ".join(names[:MOST_AUTHORS]) + (", and others" if shortened else "")


@register.filter
def short(source: Source) -> str:
    """Enough to tell sources apart: first author and year."""
    return " ".join(filter(None, (source.authors[0], source.year)))


@register.simple_tag
def shared_block(name: str) -> SafeString:
    """The block content/blocks/<name>.md, so that one change of it updates every page. Empty when there is none."""
    return render_block(get_library().shared, name)
