"""No page that readers share knows who reads it: not the user, not a session, not a cookie, not an address."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone

from articles.addresses import Snapshot
from articles.library import load_library
from tests.conftest import REAL_CONTENT

SHARED_PAGES = sorted(Snapshot(load_library(REAL_CONTENT), timezone.now()).addresses)
ABOUT_THE_READER = {"REMOTE_ADDR", "HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_REFERER", "HTTP_X_FORWARDED_FOR"}


class LookedAtError(Exception):
    """A page looked at what is about its reader."""


class Secret:
    """Whoever looks at it is found out."""

    def _tell(self, *args: object) -> Any:
        raise LookedAtError

    __getattr__ = __getitem__ = __iter__ = __len__ = __bool__ = __contains__ = _tell


class Meta(dict[str, Any]):
    """What the server knows of a request, without what is about the reader."""

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def get(self, name: str, default: Any = None) -> Any:
        if name in ABOUT_THE_READER:
            raise LookedAtError
        return super().get(name, default)


def asked_for(path: str) -> Any:
    request: Any = RequestFactory().get(path)
    request.META = Meta(request.META)
    request.user = request.session = request.COOKIES = Secret()
    return request


@pytest.mark.usefixtures("real_content")
@pytest.mark.parametrize("path", SHARED_PAGES)
def test_a_page_that_all_readers_share_knows_nothing_of_them(path: str) -> None:
    view, args, kwargs = resolve(path.partition("?")[0])
    answer = view(asked_for(path), *args, **kwargs)
    answer = answer.render() if hasattr(answer, "render") else answer
    assert answer.status_code == 200
    assert answer.content
    assert not answer.cookies


@pytest.mark.usefixtures("real_content")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_page_that_all_readers_share_is_for_reading_alone(client: Client, method: str) -> None:
    taken = {path: client.generic(method, path).status_code for path in [*SHARED_PAGES, "/search/?q=sleep"]}
    assert set(taken.values()) == {405}, taken
    assert client.head("/feed.xml").status_code == 200


@pytest.mark.parametrize("name", sorted(ABOUT_THE_READER))
def test_a_page_that_looked_would_be_found_out(name: str) -> None:
    request = asked_for("/")
    with pytest.raises(LookedAtError):
        request.META[name]
    with pytest.raises(LookedAtError):
        request.META.get(name)


@pytest.mark.parametrize("held", ["user", "session", "COOKIES"])
def test_a_page_that_asked_who_reads_it_would_be_found_out(held: str) -> None:
    secret = getattr(asked_for("/"), held)
    with pytest.raises(LookedAtError):
        secret.is_authenticated  # noqa: B018 (looking is the point)
    with pytest.raises(LookedAtError):
        secret["name"]
