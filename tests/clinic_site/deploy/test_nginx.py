"""The shipped nginx configuration, under a real nginx."""

import gzip
import http.client
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest

from clinic_site.delivery.site_folder import file_of
from clinic_site.delivery.variants import CACHE_CONTROL
from clinic_site.http.request_limits import FORM
from clinic_site.http.security_headers import ASK_AGAIN
from tests.clinic_site.test_settings import production
from tests.nginx import DEPLOY, Nginx, RunNginx, ask
from tests.serving import ROOT, Serving, Site, free_port

ARTICLE = "/articles/ketamine-and-chronic-pain-basics/"
PHONES = ("(727) 555-0142", "(727) 555-0178")
TOKEN = "Tok3n-of-a-patient"
OF_A_FILE = {"etag", "last-modified", "accept-ranges"}
PRODUCTION_ONLY = {"strict-transport-security"}
HEADERS_OF_A_PAGE = """
import json, django
django.setup()
from django.core.handlers.wsgi import WSGIHandler
from clinic_site.delivery.internal_request import get_page
print(json.dumps(get_page(WSGIHandler(), "/about/", "clinic.example", secure=True).headers))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("deployed"), web_only=True) as site:
        site.fetch("/readyz")
        yield site


@pytest.fixture(scope="module")
def published(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish the demo as files, for the address of the site."""
    folder = tmp_path_factory.mktemp("files") / "published"
    overrides = {"DEMO": "on", "VAR_FOLDER": str(site.var), "PORT": str(site.port), "DATABASE_URL": site.database_url}
    environment = os.environ | overrides
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run([sys.executable, "manage.py", "publish", str(folder)], cwd=ROOT, env=environment, check=True)
    return folder


@pytest.fixture(scope="module")
def up(site: Site, published: Path, tmp_path_factory: pytest.TempPathFactory, nginx: RunNginx) -> Iterator[Nginx]:
    with nginx(tmp_path_factory.mktemp("up") / "nginx", published, site.port) as server:
        yield server


@pytest.fixture(scope="module")
def down(published: Path, tmp_path_factory: pytest.TempPathFactory, nginx: RunNginx) -> Iterator[Nginx]:
    """Run nginx without an app behind it."""
    with nginx(tmp_path_factory.mktemp("down") / "nginx", published, free_port()) as server:
        yield server


def addresses(published: Path) -> list[str]:
    listed = json.loads((published / "manifest.json").read_text())
    return [address for address in listed if not address.endswith(".html")]


def test_files_have_the_bytes_and_headers_of_the_app(up: Nginx, site: Site, published: Path) -> None:
    for address in addresses(published):
        ours, apps = ask(up.port, address), ask(site.port, address)
        assert "last-modified" in ours.headers, f"{address} did not come from a file"
        assert (ours.status, ours.body) == (apps.status, apps.body), address
        headers = {name: value for name, value in ours.headers.items() if name not in OF_A_FILE | PRODUCTION_ONLY}
        assert headers == {name: value for name, value in apps.headers.items() if name not in OF_A_FILE}, address


@pytest.mark.slow
def test_nginx_adds_exactly_the_headers_of_production(tmp_path: Path) -> None:
    environment = os.environ | production(tmp_path) | {"DJANGO_SETTINGS_MODULE": "clinic_site.settings", "DEMO": "off"}
    command = [sys.executable, "-W", "ignore", "-c", HEADERS_OF_A_PAGE]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    of_the_page = re.compile("Content-(Type|Length)|Vary|Cache-Control")
    page = {name: value for name, value in json.loads(done.stdout) if not of_the_page.match(name)}
    text = (DEPLOY / "clinic-headers.conf").read_text().replace("$clinic_referrer", "same-origin")
    lines = re.findall(r'^add_header (\S+) "?(.*?)"? always;$', text, re.MULTILINE)
    assert dict(lines) == page


def test_nginx_has_the_size_and_cache_limits_of_the_app() -> None:
    text = (DEPLOY / "clinic.conf").read_text()
    assert f"client_max_body_size {FORM // 1024}k;" in text
    assert text.count(f'add_header Cache-Control "{CACHE_CONTROL}";') == 5


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, br", "br"), ("br;q=0.5", "br"), ("gzip, br;q=0", "gzip"), ("gzip", "gzip"), ("brotli", ""), ("", "")],
)
def test_a_page_is_sent_in_the_best_encoding_and_revalidated(
    down: Nginx, published: Path, accepted: str, encoding: str
) -> None:
    got = ask(down.port, ARTICLE, Accept_Encoding=accepted)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]
    assert got.headers.get("content-encoding", "") == encoding
    assert unpack(got.body) == (published / "site" / file_of(ARTICLE)).read_bytes()
    assert got.headers["vary"] == "Accept-Encoding"
    again = ask(down.port, ARTICLE, Accept_Encoding=accepted, If_None_Match=got.headers["etag"])
    assert (again.status, again.body) == (304, b"")


def test_with_the_app_down_every_article_is_readable_and_shows_the_phones(down: Nginx, published: Path) -> None:
    articles = [address for address in addresses(published) if re.fullmatch(r"/articles/[^/]+/", address)]
    assert len(articles) >= 4
    for address in articles:
        got = ask(down.port, address)
        assert got.status == 200
        assert all(phone in got.text for phone in PHONES), address
        for name in re.findall(r'(?:href|src)="(/static/[^"]+)"', got.text):
            assert ask(down.port, name).status == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_with_the_app_down_the_form_says_to_call(down: Nginx, method: str) -> None:
    got = ask(down.port, "/consultation/", method, {} if method == "POST" else None)
    assert got.status == 503
    assert "You can’t send a request right now: call us" in got.text
    assert all(phone in got.text for phone in PHONES)
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["referrer-policy"] == "strict-origin"


@pytest.mark.parametrize(
    "path",
    ["/search/?q=sleep", "/admin/", "/preview/x/", "/readyz", "/?page=x", "/articles/?page=1&page=x", "/no-such-page/"],
)
def test_with_the_app_down_dynamic_pages_say_so(down: Nginx, path: str) -> None:
    got = ask(down.port, path)
    assert got.status == 503
    assert "This page can’t be shown right now" in got.text
    assert got.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/app-is-down.html", "/page-is-down.html", "/404.html", f"{ARTICLE}index.html"])
def test_each_file_has_a_single_address(up: Nginx, path: str) -> None:
    assert ask(up.port, path).status == 404


def test_redirects_of_nginx_are_not_cached_for_good() -> None:
    """A browser stores a 301 without cache headers, and never asks again."""
    text = (DEPLOY / "clinic.conf").read_text()
    redirects = re.findall(r"\{[^{}]*return 301 [^{}]*\}", text)
    assert len(redirects) == text.count("return 301") >= 2
    assert all(f"add_header Cache-Control {ASK_AGAIN};" in block for block in redirects)


def test_requests_without_a_file_go_to_the_app(up: Nginx) -> None:
    assert ask(up.port, "/readyz").text == "ready\n"
    assert "Search" in ask(up.port, "/search/?q=sleep").text
    assert ask(up.port, "/about").headers["location"] == "/about/"
    assert ask(up.port, "/no-such-page/").status == 404
    assert ask(up.port, "/articles/?page=x").status == 404
    assert ask(up.port, "/", "POST", {}).status == 403
    assert ask(up.port, "/admin/login/").headers["cache-control"].startswith("no-store")
    assert ask(up.port, "/consultation/", "POST", {"x": "x" * FORM}).status == 413


def test_logs_hold_no_token_search_or_client_address(
    site: Site, published: Path, tmp_path: Path, nginx: RunNginx
) -> None:
    for number, port in enumerate([site.port, free_port()]):
        with nginx(tmp_path / str(number), published, port) as server:
            for path in (
                f"/consultation/status/{TOKEN}/",
                f"/consultation/received/{TOKEN}/",
                f"//consultation//status//{TOKEN}/",
                f"/consultation%2Fstatus/{TOKEN}/",
                f"/consultation/status%2F{TOKEN}/x",
                f"/consultation/status%2F{TOKEN}//",
                f"/consultation/status/{TOKEN.lower()}/",
                f"/consultation/{TOKEN.lower()}/",
                f"/consultation/./status/{TOKEN.lower()}/",
                f"/./consultation/status/{TOKEN.lower()}/",
                f"//consultation/status/{TOKEN.lower()}/",
                f"/preview/{TOKEN}/",
                f"/search/?q={TOKEN}",
                f"/admin/appointments/?q={TOKEN}",
            ):
                ask(server.port, path, Referer=f"http://elsewhere/{TOKEN}")
            ask(server.port, ARTICLE)
            ask(server.port, f"/{'x' * 5000}/")
        assert TOKEN.lower() not in server.logs.lower()
        assert "xxx" not in server.logs
        assert "127.0.0.1" not in server.logs
        assert "GET /consultation/status/... " in server.logs
        assert "GET /preview/... " in server.logs
        assert f"GET {ARTICLE} 200 " in server.logs


@pytest.mark.parametrize(
    "path",
    [
        f"{ARTICLE}?utm_source=newsletter&utm_medium=mail",
        "/about/?fbclid=abc",
        "/articles/?page=1",
        "/articles/?gclid=x&page=1",
        "/?homepage=2",
        "/feed.xml?utm_source=x",
        "/robots.txt?x",
        "/favicon.ico?v=2",
    ],
)
def test_with_the_app_down_a_shared_link_is_readable(down: Nginx, path: str) -> None:
    got, plain = ask(down.port, path), ask(down.port, path.partition("?")[0])
    assert (got.status, got.body) == (200, plain.body)


@pytest.mark.parametrize("query", ["", "?utm_source=newsletter", "?next=//elsewhere.example/"])
@pytest.mark.parametrize(
    "path", [ARTICLE[:-1], f"/{ARTICLE}", f"{ARTICLE}/", ARTICLE.replace("/", "//"), f"/{ARTICLE[:-1]}"]
)
def test_with_the_app_down_a_missing_or_extra_slash_redirects_to_the_page(down: Nginx, path: str, query: str) -> None:
    got = ask(down.port, f"http://127.0.0.1{path}{query}")
    assert (got.status, got.headers["location"]) == (301, f"{ARTICLE}{query}")
    assert got.headers["cache-control"] == ASK_AGAIN
    assert got.headers["x-frame-options"] == "DENY"
    assert "content-encoding" not in got.headers
    for elsewhere in ("/no-such-page", "http://127.0.0.1//elsewhere.example", "http://127.0.0.1//elsewhere.example/"):
        assert ask(down.port, elsewhere).status == 503


@pytest.mark.parametrize("path", ["/", ARTICLE, ARTICLE[:-1], "/consultation/", "/static/x.css", "/admin/"])
def test_with_the_app_down_and_no_files_the_answer_says_to_call(tmp_path: Path, path: str, nginx: RunNginx) -> None:
    with nginx(tmp_path / "nginx", tmp_path / "missing", free_port()) as server:
        got = ask(server.port, path)
    assert got.status == 503
    assert "Call the clinic: 000-000-0000." in got.text
    assert (got.headers["cache-control"], got.headers["x-frame-options"]) == ("no-store", "DENY")
    assert got.headers["content-type"].startswith("text/html")


def test_a_deny_rule_is_not_bypassed_by_the_fallback_to_the_app() -> None:
    """nginx passes a page that it may not read to the app, but never an address that “deny” refuses."""
    text = (DEPLOY / "clinic.conf").read_text()
    fallbacks = re.findall(r"^    location (.+) \{\n[^}]*error_page 403 = (\S+);", text, re.MULTILINE)
    assert fallbacks == [("/", "@app")]
    assert text.count("error_page 403 =") == 1


def test_a_request_that_granian_refuses_gets_an_error_page(up: Nginx) -> None:
    """nginx accepts 32 KB of headers, and granian 100 headers."""
    many: dict[str, Any] = {f"X_{number}": "a" for number in range(120)}
    got = ask(up.port, "/readyz", **many)
    assert got.status == 431
    assert "This was not taken as your browser sent it" in got.text
    assert all(phone in got.text for phone in PHONES)
    assert got.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/{}/", "/{}", "/articles/{}", "/static/{}", "/pictures/{}", "/preview/{}/"])
@pytest.mark.parametrize("part", ["a", "a/", '"'])
def test_an_address_of_the_greatest_length_is_answered(up: Nginx, path: str, part: str) -> None:
    assert ask(up.port, path.format(part * (8_000 // len(part)))).status in (301, 404)


def test_each_page_of_a_list_has_a_file(tmp_path: Path, nginx: RunNginx) -> None:
    lists = tmp_path / "site" / "articles"
    lists.mkdir(parents=True)
    (lists / "index.page-2.html").write_text("the second")
    with nginx(tmp_path / "nginx", tmp_path, free_port()) as server:
        for query in ("page=2", "utm_source=x&page=2", "page=2&fbclid=x"):
            assert ask(server.port, f"/articles/?{query}").text == "the second"
        for query in ("page=3", "page=02", "page=2x", "page=2&page=3", "page", ""):
            assert ask(server.port, f"/articles/?{query}").status != 200


def test_a_forged_host_never_reaches_the_app(up: Nginx) -> None:
    assert ask(up.port, "http://127.0.0.1/search/", Host=f"secret-{'x' * 7000}").status == 200


def test_cross_site_forms_are_refused(up: Nginx) -> None:
    path = f"{ARTICLE}feedback/"
    assert ask(up.port, path, "POST", {}, Origin=up.url).status == 200
    assert ask(up.port, path, "POST", {}, Origin="http://127.0.0.1").status == 403
    assert ask(up.port, path, "POST", {}, Referer=f"{up.url}{ARTICLE}").status == 200
    assert ask(up.port, path, "POST", {}, Referer="http://elsewhere.example/").status == 403


@pytest.mark.parametrize("name", ["127.0.0.1.", "127.0.0.1:8443", "127.0.0.1.:8443"])
def test_a_name_with_a_final_dot_or_a_port_is_this_site(up: Nginx, name: str) -> None:
    """Test what a browser does: open the page, send its form, and sign in, whose form needs a cookie."""
    assert ask(up.port, ARTICLE, Host=name).status == 200
    assert ask(up.port, f"{ARTICLE}feedback/", "POST", {}, Host=name, Origin=f"http://{name}").status == 200
    page = ask(up.port, "/admin/login/", Host=name)
    (cookie,) = re.findall("csrftoken=([^;]+)", page.headers["set-cookie"])
    token, *_others = re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    form = {"csrfmiddlewaretoken": token, "login": "x", "password": "x"}
    response = ask(
        up.port, "/admin/login/", "POST", form, Host=name, Origin=f"http://{name}", Cookie=f"csrftoken={cookie}"
    )
    assert response.status == 200


def test_requests_for_another_host_are_not_answered(up: Nginx) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        ask(up.port, "/", Host="elsewhere.example")
