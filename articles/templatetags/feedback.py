"""The form for what is unclear, at the end of each article."""

from django import template

from articles.documents import Article
from articles.feedback import UnclearForm

register = template.Library()


@register.simple_tag
def unclear_form(article: Article) -> UnclearForm:
    """The same for every reader: the page stays the same bytes."""
    return UnclearForm(article)
