"""Filters for showing sources."""

from django import template

from articles.documents import Source

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
