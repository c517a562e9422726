"""Guesses that come through nginx as shipped, which tells the app each sender's address."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.nginx import Nginx, RunNginx, ask
from tests.serving import Serving, Site

LOGIN = "/admin/login/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("guessed"), web_only=True, BEHIND_PROXY="on") as site:
        site.fetch("/readyz")
        yield site


@pytest.fixture(scope="module")
def front(site: Site, tmp_path_factory: pytest.TempPathFactory, nginx: RunNginx) -> Iterator[Nginx]:
    folder = tmp_path_factory.mktemp("front")
    with nginx(folder / "nginx", folder, site.port) as server:
        yield server


def post(server: Nginx, name: str, password: str, sender: str) -> int:
    """Open the sign-in page and send the form, as a browser does. Return the status."""
    page = ask(server.port, LOGIN, sender=sender)
    (cookie,) = re.findall("csrftoken=([^;]+)", page.headers["set-cookie"])
    token, *_others = re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    form = {"csrfmiddlewaretoken": token, "login": name, "password": password}
    sent = ask(server.port, LOGIN, "POST", form, sender=sender, Origin=server.url, Cookie=f"csrftoken={cookie}")
    return sent.status


def test_a_name_that_is_guessed_at_from_many_addresses_shuts_out_nobody_else(front: Nginx, site: Site) -> None:
    guesses = [post(front, "demo-desk", "guess", f"198.51.100.{number}") for number in range(1, 9)]
    assert guesses == [200] * 8
    assert post(front, "demo-desk", site.password("demo-desk"), "203.0.113.1") == 200
    assert post(front, "demo-editor", site.password("demo-editor"), "203.0.113.2") == 302


def test_the_app_learns_addresses_below_admin_alone(tmp_path: Path, nginx: RunNginx) -> None:
    learned: list[tuple[str, str | None]] = []

    class App(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            learned.append((self.path, self.headers["X-Forwarded-For"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    app = ThreadingHTTPServer(("127.0.0.1", 0), App)
    threading.Thread(target=app.serve_forever, daemon=True).start()
    with nginx(tmp_path / "nginx", tmp_path, app.server_address[1]) as server:
        for path in (LOGIN, "/admin/account/", "/consultation/", "/search/", "/administration/"):
            ask(server.port, path, sender="192.0.2.7", X_Forwarded_For="203.0.113.9")
    app.shutdown()
    app.server_close()
    assert learned == [
        (LOGIN, "192.0.2.7"),
        ("/admin/account/", "192.0.2.7"),
        ("/consultation/", None),
        ("/search/", None),
        ("/administration/", None),
    ]
