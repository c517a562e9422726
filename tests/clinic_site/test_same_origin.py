"""Anyone may post to a public form from its own page; another site may not post through a reader's browser."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from clinic_site.same_origin import same_origin_posts


@same_origin_posts
def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://testserver", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"referer": "http://testserver/articles/"},
        {"referer": ""},
        {"origin": "https://testserver"},  # a proxy that says nothing of https
        {"origin": "http://TESTSERVER:80"},
        {"origin": "http://testserver.", "host": "testserver"},
        {"origin": "http://testserver", "host": "testserver.:80"},
        {"origin": "http://testserver:8443", "host": "testserver:8443"},
        {"origin": "http://testserver", "referer": "https://elsewhere.example/"},  # browsers set both: Origin is enough
    ],
)
def test_posts_from_here_pass(headers: dict[str, str]) -> None:
    assert view(RequestFactory().post("/", headers=headers)).content == b"done"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"origin": "http://["},
        {"origin": "testserver"},
        {"origin": "http://testserver:8443"},
        {"origin": "http://testserver:99999"},
        {"origin": "ftp://testserver"},
        {"origin": "null", "host": "testserver:99999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://testserver"},
        {"referer": "https://elsewhere.example/testserver/"},
        {"referer": "http://testserver@elsewhere.example/"},
        {"referer": "http://testserver.elsewhere.example/"},
        {"referer": "about:blank"},
        {"referer": "/consultation/"},
    ],
)
def test_posts_from_elsewhere_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(PermissionDenied):
        view(RequestFactory().post("/", headers=headers))


@pytest.mark.parametrize("name", ["origin", "referer"])
def test_on_a_site_with_https_a_page_that_came_by_http_may_send_nothing(name: str) -> None:
    secure = RequestFactory().post("/", headers={name: "https://testserver"}, secure=True)
    assert view(secure).content == b"done"
    with pytest.raises(PermissionDenied):
        view(RequestFactory().post("/", headers={name: "http://testserver"}, secure=True))


def test_reading_is_open_to_links_from_elsewhere() -> None:
    request = RequestFactory().get("/", headers={"sec-fetch-site": "cross-site"})
    assert view(request).content == b"done"
