"""What reviewers must not overlook, wherever they sign in, and how texts are told apart."""

from typing import Any

from django import template

from articles.editing import review_state, sign_off

register = template.Library()
register.filter(sign_off.fingerprint)


@register.inclusion_tag("admin/articles/waiting.html", takes_context=True)
def waiting_reviews(context: dict[str, Any]) -> dict[str, Any]:
    """The articles that wait for a reviewer, for those who may sign; nothing for others."""
    may_sign = context["request"].user.has_perm("articles.sign_contentfile")
    return {"waiting": review_state.waiting() if may_sign else []}
