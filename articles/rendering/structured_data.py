"""schema.org data for search engines, as the script element that carries it. It is data: no browser runs it."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from articles.standing import Standing
from clinic_site.clinic import Clinic

# What would end the script element or start a comment inside it.
ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
Trail = tuple[tuple[str, str], ...]  # (name, path) from the home page down


def article_data(standing: Standing, clinic: Clinic, site_url: str, trail: Trail) -> SafeString:
    """MedicalWebPage and BreadcrumbList. A reviewer stands in it only where the page itself names one."""
    article = standing.article
    address = f"{site_url}{article.url}"
    publisher = {"@type": "MedicalOrganization", "name": clinic.name, "url": site_url}
    page: dict[str, Any] = {
        "@type": "MedicalWebPage",
        "@id": address,
        "url": address,
        "name": article.title,
        "description": article.summary,
        "inLanguage": "en-US",
        "audience": {"@type": "Patient", "audienceType": article.audience},
        "datePublished": article.published.isoformat(),
        "dateModified": article.updated.isoformat(),
        "author": {"@type": "Organization", "name": article.author_name},
        "publisher": publisher,
        "citation": [cited.source.title for cited in article.rendered.cited],
    }
    if standing.reviewer:
        page["lastReviewed"] = standing.reviewer.on.isoformat()
        page["reviewedBy"] = {"@type": "Person", "name": standing.reviewer.name}
    return _script({"@context": "https://schema.org", "@graph": [page, _breadcrumbs(site_url, trail)]})


def _breadcrumbs(site_url: str, trail: Trail) -> dict[str, Any]:
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": f"{site_url}{path}"}
        for position, (name, path) in enumerate(trail, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _script(data: dict[str, Any]) -> SafeString:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308 (escaped above)
