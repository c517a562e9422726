"""Template tags of staff pages: dates, fingerprints and signatures, articles that wait for a reviewer."""

from typing import Any

from django import template

from articles.editing.review import sign_off, state
from articles.rendering.signed_text import valid_signature
from clinic_site.dates import dated

register = template.Library()
register.filter(dated)
register.filter(sign_off.fingerprint)
register.filter("signature", valid_signature)


@register.inclusion_tag("admin/articles/review/waiting.html", takes_context=True)
def waiting_reviews(context: dict[str, Any]) -> dict[str, Any]:
    """Show the articles that wait for a reviewer to those who may sign; nothing to others."""
    may_sign = context["request"].user.has_perm("articles.sign_contentfile")
    return {"waiting": state.waiting() if may_sign else []}
