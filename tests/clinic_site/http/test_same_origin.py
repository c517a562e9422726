"""Public forms accept posts from this site's pages, and refuse posts from other sites."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from clinic_site.http.same_origin import same_origin_posts


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
        {"origin": "https://testserver"},  # behind a proxy that does not forward the scheme
        {"origin": "http://TESTSERVER:80"},
        {"origin": "http://testserver.", "host": "testserver"},
        {"origin": "http://testserver", "host": "testserver.:80"},
        {"origin": "http://testserver:8443", "host": "testserver:8443"},
        {"origin": "http://testserver", "referer": "https://elsewhere.example/"},  # Origin decides if both are sent
    ],
)
def test_posts_of_this_site_are_accepted(headers: dict[str, str]) -> None:
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
def test_cross_site_posts_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(PermissionDenied):
        view(RequestFactory().post("/", headers=headers))


@pytest.mark.parametrize("name", ["origin", "referer"])
def test_on_an_https_site_a_post_from_an_http_page_is_refused(name: str) -> None:
    secure = RequestFactory().post("/", headers={name: "https://testserver"}, secure=True)
    assert view(secure).content == b"done"
    with pytest.raises(PermissionDenied):
        view(RequestFactory().post("/", headers={name: "http://testserver"}, secure=True))


def test_cross_site_links_can_be_followed() -> None:
    request = RequestFactory().get("/", headers={"sec-fetch-site": "cross-site"})
    assert view(request).content == b"done"
