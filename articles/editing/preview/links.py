"""Links that show a draft without a sign-in, such as to a clinician.

Nothing is stored: the signed link itself holds the path and the expiry. It opens only that page, read-only.
"""

import datetime as dt

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

LIFE = dt.timedelta(days=7)
SALT = "articles.preview_links"


class LinkOver(Exception):  # noqa: N818 (reads as what happened)
    """A valid link that has expired."""


class LinkAltered(Exception):  # noqa: N818 (reads as what happened)
    """A link that this site did not sign."""


def make(path: str, now: dt.datetime) -> str:
    """Return a full URL to the draft of the file at `path`; it expires LIFE after the aware moment `now`."""
    token = Signer(salt=SALT).sign_object([path, int((now + LIFE).timestamp())])
    return settings.SITE_URL + reverse("articles:preview", args=[token])


def read(token: str, now: dt.datetime) -> str:
    """Return the path of the file. Raises LinkOver and LinkAltered."""
    path, ends = _unsigned(token)
    if now >= ends:
        raise LinkOver
    return path


def until(token: str) -> dt.datetime:
    """Return the aware moment at which the link expires. Raises LinkAltered."""
    return _unsigned(token)[1]


def _unsigned(token: str) -> tuple[str, dt.datetime]:
    try:
        path, ends = Signer(salt=SALT).unsign_object(token)
    except BadSignature as error:
        raise LinkAltered from error
    return path, dt.datetime.fromtimestamp(ends, tz=dt.UTC)
