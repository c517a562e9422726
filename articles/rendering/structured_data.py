"""schema.org data for search engines, in a script element. It is data: no browser runs it."""

import json
from collections.abc import Iterable
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from articles.content.documents import Article, Reviewer
from articles.rendering.renderer import CitedSource
from clinic_site.clinic import Clinic

# Characters that could end the script element or start a comment in it.
ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
Trail = tuple[tuple[str, str], ...]  # (name, path) from the home page down


def article_data(
    article: Article,
    cited: Iterable[CitedSource],
    reviewer: Reviewer | None,
    clinic: Clinic,
    site_url: str,
    trail: Trail,
) -> SafeString:
    """Return a MedicalWebPage and a BreadcrumbList. `reviewer` is the one whom the page itself names."""
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
        "citation": [source.source.title for source in cited],
    }
    if reviewer:
        page["lastReviewed"] = reviewer.on.isoformat()
        page["reviewedBy"] = {"@type": "Person", "name": reviewer.name}
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
