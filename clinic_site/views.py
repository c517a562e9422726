"""Paths that belong to the site as a whole: for machines, and for errors."""

import datetime as dt
import logging

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic_site.clinic_yaml import get_clinic
from clinic_site.hooks import hooks
from clinic_site.monitoring import health

logger = logging.getLogger(__name__)
LAST_RESORT = """<!doctype html><html lang="en-US"><title>Something went wrong</title>
<h1>Something went wrong on our side</h1><p>Try again in a minute. If you were sending a request, you have no
confirmation, so it may not have reached us: call the clinic. In an emergency call 911. In a crisis call or text
988.</p></html>"""
PLAIN = "text/plain; charset=utf-8"
FAVICON = "static/img/favicon.ico"  # static/img/marigold.svg, 16 and 32 pixels wide
SECURITY_TXT_LIFE = dt.timedelta(days=180)  # RFC 9116: less than a year ahead


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process is alive."""
    return HttpResponse("ok\n", content_type=PLAIN)


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when database, migrations, library and static files are ready; else 503 with what is missing.

    With ?all the answer has a line for each other part of the site, and is 503 if one of them is not well.
    """
    missing = _missing()
    lines = [f"not ready: {missing}" if missing else "ready"]
    parts = health.faults() if "all" in request.GET else {}
    lines += [f"{part}: {'not well, see desk_health' if parts[part] else 'well'}" for part in parts]
    status = 503 if missing or any(parts.values()) else 200
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN, status=status)


def _missing() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return "the database does not answer"
    if missing := next(filter(None, (check() for check in hooks.ready_checks)), ""):
        return missing
    if pending:
        return "migrations are not applied"
    return "the static files are not gathered: run gather_static and restart" if _no_static_files() else ""


def _no_static_files() -> bool:
    """Return True if this process found no manifest at its start: every page fails until a restart."""
    return isinstance(staticfiles_storage, ManifestFilesMixin) and not staticfiles_storage.hashed_files


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Answer the default request of browsers without SVG icons, and of those that show a feed or a text."""
    return HttpResponse((settings.BASE_DIR / FAVICON).read_bytes(), content_type="image/x-icon")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /consultation/received/",
        "Disallow: /consultation/status/",
        "Disallow: /preview/",
        "Disallow: /search/",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Answer security.txt (RFC 9116)."""
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: mailto:{get_clinic().security_email}",
        f"Expires: {(today + SECURITY_TXT_LIFE).isoformat()}",
        "Preferred-Languages: en",
        f"Canonical: {settings.SITE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=PLAIN)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Redirect (301) a mistyped address of a page, with its query string; else answer 404."""
    if request.method in ("GET", "HEAD"):
        address = next(filter(None, (find(request.path) for find in hooks.address_finders)), None)
        if address:
            query = request.META.get("QUERY_STRING", "")
            return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Render the page for errors, or LAST_RESORT if the templates or the clinic's facts are broken."""
    try:
        return render(request, "500.html", status=500)
    except Exception:
        logger.exception("the page for errors failed too")
        return HttpResponse(LAST_RESORT, status=500)
