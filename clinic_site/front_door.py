"""Puts the finished pages in front of Django, as the settings say."""

import gc
import threading
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from articles.addresses import Snapshot, take_snapshot
from articles.counting import count_read
from articles.search import keep_ready
from clinic_site.asked import Application
from clinic_site.demo import VAR_FOLDER
from clinic_site.published import Front, Published


def open_front_door(django: Application) -> Published:
    """`django` with the finished pages in front of it, and threads that keep them and the search index fresh."""
    published = Published(django, look, front(), VAR_FOLDER / "pages", count_read)
    for name, work in (("pages", published.keep_fresh), ("search", keep_ready)):
        threading.Thread(target=work, args=(threading.Event(),), name=name, daemon=True).start()
    return published


def look(before: Snapshot | None) -> Snapshot:
    snapshot = take_snapshot(before, timezone.now())
    if before is None:
        gc.freeze()  # a large library is walked through at each collection else, and nothing in it goes that way
    return snapshot


def front() -> Front:
    """Hosts with a wildcard are left to Django, and so are ports that nobody can know."""
    own = urlsplit(settings.SITE_URL).netloc
    named = [host for host in settings.ALLOWED_HOSTS if not host.startswith((".", "*"))]
    names = [*named, *(f"{host}." for host in named)]  # with a final dot it is the same name (RFC 1034, 3.1)
    ports = ("", ":80", ":443", f":{settings.PORT}")
    header, value = settings.SECURE_PROXY_SSL_HEADER or ("", "")
    hosts = frozenset([own, *(f"{name}{port}" for name in names for port in ports)])
    return Front(hosts, own, settings.SECURE_SSL_REDIRECT, header, value)
