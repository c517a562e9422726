"""Links that show a draft to somebody without a sign-in, such as a clinician who is to read it.

Nothing is stored: the link itself says which file and until when, and is signed. It opens that one page, to read.
"""

import datetime as dt

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

LIFE = dt.timedelta(days=7)
SALT = "articles.preview_links"


class LinkOver(Exception):  # noqa: N818 (reads as what happened)
    """The link is ours, and its time has passed."""


class LinkAltered(Exception):  # noqa: N818 (reads as what happened)
    """The link is not one of ours."""


def make(path: str, now: dt.datetime) -> str:
    """The whole address, of the draft of the file at `path`; it works until LIFE after the aware moment `now`."""
    token = Signer(salt=SALT).sign_object([path, int((now + LIFE).timestamp())])
    return settings.SITE_URL + reverse("articles:preview", args=[token])


def read(token: str, now: dt.datetime) -> str:
    """The path of the file. Raises LinkOver and LinkAltered."""
    path, ends = _opened(token)
    if now >= ends:
        raise LinkOver
    return path


def until(token: str) -> dt.datetime:
    """The aware moment until which the link works. Raises LinkAltered."""
    return _opened(token)[1]


def _opened(token: str) -> tuple[str, dt.datetime]:
    try:
        path, ends = Signer(salt=SALT).unsign_object(token)
    except BadSignature as error:
        raise LinkAltered from error
    return path, dt.datetime.fromtimestamp(ends, tz=dt.UTC)
