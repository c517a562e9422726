"""The rows of the admin's lists."""

from django import template

register = template.Library()


@register.filter(is_safe=True)
def with_scope(cell: str) -> str:
    """Return a cell of a list as Django renders it; one that heads its row says so."""
    return cell.replace("<th", '<th scope="row"', 1) if cell.startswith("<th") else cell
