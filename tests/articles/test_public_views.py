"""Shared pages do not depend on their reader: not on user, session, cookies or address."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone

from articles.publication.site_map import Snapshot
from tests.shipped import shipped_library

ABOUT_THE_READER = {"REMOTE_ADDR", "HTTP_COOKIE", "HTTP_AUTHORIZATION", "HTTP_REFERER", "HTTP_X_FORWARDED_FOR"}


class LookedAtError(Exception):
    """Raised if a page reads data about its reader."""


class Secret:
    """A value that raises LookedAtError when it is read."""

    def _tell(self, *args: object) -> Any:
        raise LookedAtError

    __getattr__ = __getitem__ = __iter__ = __len__ = __bool__ = __contains__ = _tell


class Meta(dict[str, Any]):
    """Request metadata that raises LookedAtError for keys about the reader."""

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def get(self, name: str, default: Any = None) -> Any:
        if name in ABOUT_THE_READER:
            raise LookedAtError
        return super().get(name, default)


def request_for(path: str) -> Any:
    request: Any = RequestFactory().get(path)
    request.META = Meta(request.META)
    request.user = request.session = request.COOKIES = Secret()
    return request


def shared_pages() -> list[str]:
    """Return the addresses whose pages are the same for every reader."""
    return sorted(Snapshot(shipped_library(), timezone.now()).addresses)


@pytest.mark.usefixtures("real_content")
def test_shared_pages_do_not_depend_on_the_reader() -> None:
    assert "/articles/" in shared_pages()
    for path in shared_pages():
        view, args, kwargs = resolve(path.partition("?")[0])
        answer = view(request_for(path), *args, **kwargs)
        answer = answer.render() if hasattr(answer, "render") else answer
        assert answer.status_code == 200, path
        assert answer.content, path
        assert not answer.cookies, path


@pytest.mark.usefixtures("real_content")
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_shared_pages_are_read_only(client: Client, method: str) -> None:
    taken = {path: client.generic(method, path).status_code for path in [*shared_pages(), "/search/?q=sleep"]}
    assert set(taken.values()) == {405}, taken
    assert client.head("/feed.xml").status_code == 200


@pytest.mark.parametrize("name", sorted(ABOUT_THE_READER))
def test_reading_about_the_reader_is_detected(name: str) -> None:
    request = request_for("/")
    with pytest.raises(LookedAtError):
        request.META[name]
    with pytest.raises(LookedAtError):
        request.META.get(name)


@pytest.mark.parametrize("name", ["user", "session", "COOKIES"])
def test_checking_the_identity_of_the_reader_is_detected(name: str) -> None:
    secret = getattr(request_for("/"), name)
    with pytest.raises(LookedAtError):
        secret.is_authenticated  # noqa: B018 (looking is the point)
    with pytest.raises(LookedAtError):
        secret["name"]
