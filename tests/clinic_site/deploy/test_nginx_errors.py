"""The errors of nginx itself, as shipped: with every header and whom to call, without its version."""

import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.nginx import DEPLOY, Nginx, RunNginx, ask
from tests.serving import free_port

PAGES = ("404.html", "app-is-down.html", "not-taken.html", "page-is-down.html")
OURS = "Host: 127.0.0.1\r\n"
ANOTHERS = "Host: elsewhere\r\n"  # the server that redirects from http to https
NOBODYS = "Host: nobody.example\r\n"
LONG = "a" * 9_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, nginx: RunNginx) -> Iterator[Nginx]:
    """Run nginx with error pages and a style sheet, and no app."""
    folder = tmp_path_factory.mktemp("errors")
    (folder / "site" / "static").mkdir(parents=True)
    (folder / "site" / "static" / "site.css").write_text("p {}")
    (folder / "site" / "index.html").write_text("home")
    for page in PAGES:
        (folder / "site" / page).write_text(page)
    with nginx(folder / "nginx", folder, free_port(), client_header_timeout="1s") as server:
        yield server


def send(server: Nginx, text: str) -> tuple[int, dict[str, str], str]:
    """Send `text` as it is. Return status, headers and text of the answer; status 0 if nginx closes the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(text.encode("latin-1"))
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    head, _, body = answer.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]) if first else 0, headers, body


def request(line: str, *more: str, host: str = OURS) -> str:
    return "\r\n".join([f"{line} HTTP/1.1", f"{host}Connection: close", *more, "", ""])


@pytest.mark.parametrize("host", [OURS, ANOTHERS, NOBODYS])
@pytest.mark.parametrize(
    ("line", "more", "status", "shown"),
    [
        ("GET", (), 400, "not-taken.html"),
        ("GET /%00", (), 400, "not-taken.html"),
        ("GET /../..", (), 400, "not-taken.html"),
        ("GET /", ("Content-Length: \xb2",), 400, "not-taken.html"),
        ("TRACE /", (), 405, "not-taken.html"),
        (f"GET /{LONG}", (), 414, "not-taken.html"),
        ("GET /", (f"X-Long: {LONG}",), 431, "not-taken.html"),
        ("GET /", [f"X-{number}: {LONG[:900]}" for number in range(60)], 431, "not-taken.html"),
        ("GET /", ("Transfer-Encoding: odd",), 501, "not-taken.html"),
    ],
)
def test_unreadable_requests_get_an_error_page(
    server: Nginx, host: str, line: str, more: tuple[str, ...], status: int, shown: str
) -> None:
    assert_error_page(send(server, request(line, *more, host=host)), status, shown)


@pytest.mark.parametrize(
    ("text", "status", "shown"),
    [
        ("\x16\x03\x01\r\n\r\n", 400, "not-taken.html"),  # TLS on the port for http
        ("GET / HTTP/1.1\r\n\r\n", 400, "not-taken.html"),
        ("GET / HTTP/9.9\r\n\r\n", 505, "not-taken.html"),
        (f"GET / HTTP/1.1\r\nX-Long: {LONG}\r\n{OURS}\r\n", 431, "not-taken.html"),
        (request("POST /static/site.css", "Content-Length: 0"), 405, "not-taken.html"),
        (request("POST /", "Content-Length: 70000"), 413, "not-taken.html"),
        (request("POST /consultation/", "Content-Length: 70000"), 413, "not-taken.html"),
        (request("POST /admin/", "Content-Length: 99000000"), 413, "not-taken.html"),
        (request("GET /", 'If-Match: "x"'), 412, "not-taken.html"),
        (request("GET /", "Range: bytes=99-"), 416, "not-taken.html"),
        (request("GET /404.html"), 404, "404.html"),
        (request("GET /not-taken.html"), 404, "404.html"),
        (request("GET /.well-known/acme-challenge/x", host=ANOTHERS), 404, "404.html"),
        (request("GET /search/"), 503, "page-is-down.html"),
        (request("GET /consultation/"), 503, "app-is-down.html"),
        (request("GET /admin/"), 503, "page-is-down.html"),
    ],
)
def test_other_errors_get_an_error_page(server: Nginx, text: str, status: int, shown: str) -> None:
    assert_error_page(send(server, text), status, shown)


def assert_error_page(answer: tuple[int, dict[str, str], str], status: int, shown: str) -> None:
    got, headers, body = answer
    assert (got, body) == (status, shown)
    shipped = re.findall(r"^add_header (\S+)", (DEPLOY / "clinic-headers.conf").read_text(), re.MULTILINE)
    assert {name.lower() for name in shipped} < headers.keys()
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert ("retry-after" in headers) == (status == 503)
    assert headers["server"] == "nginx"


def test_without_the_pages_the_answer_says_to_call(tmp_path: Path, nginx: RunNginx) -> None:
    with nginx(tmp_path / "nginx", tmp_path / "missing", free_port()) as server:
        for text, status in (
            (request(f"GET /{LONG}"), 414),
            (request("GET /", f"X-Long: {LONG}", host=NOBODYS), 431),
            (request("GET /.well-known/acme-challenge/x", host=ANOTHERS), 404),
        ):
            got, headers, body = send(server, text)
            assert got == status
            assert "Call the clinic: 000-000-0000." in body
            assert headers["x-frame-options"] == "DENY"
        assert "aaa" not in server.logs


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/"])
def test_a_client_that_a_rule_denies_gets_an_error_page(
    server: Nginx, tmp_path: Path, path: str, nginx: RunNginx
) -> None:
    site = server.folder.parent
    rule = {"error_page 403 413": "/not-taken.html; deny all"}  # at the place that the shipped file names
    with nginx(tmp_path / "nginx", site, free_port(), **rule) as denying:
        assert_error_page(send(denying, request(f"GET {path}")), 403, "not-taken.html")
        assert ask(denying.port, "/").text == "home"


def test_requests_for_another_host_are_not_answered(server: Nginx) -> None:
    assert send(server, request("GET /", host=NOBODYS)) == (0, {}, "")


def test_no_server_reveals_its_version() -> None:
    text = (DEPLOY / "clinic.conf").read_text()
    assert text.count("\nserver {") == text.count("    include clinic-errors.conf;") == 3
    assert "\nserver_tokens off;" in (DEPLOY / "clinic-errors.conf").read_text()


@pytest.mark.parametrize("start", ["", "GET / HTTP/1.1\r\n", f"GET / HTTP/1.1\r\n{OURS}X-Slow: "])
def test_a_slow_request_head_is_cut_off(server: Nginx, start: str) -> None:
    """nginx uses the first server until it knows which server a request is for."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=0.2) as connection:
        connection.sendall(start.encode())
        assert closes(connection)
    assert time.monotonic() - began < 20  # seconds; the default of nginx is 60


def closes(connection: socket.socket) -> bool:
    """Send a byte at a time. Return True if the other end closes the connection."""
    for _ in range(200):
        try:
            connection.sendall(b"a")
            if connection.recv(1_000) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


def test_every_server_allows_fifteen_seconds_for_the_head() -> None:
    text = (DEPLOY / "clinic.conf").read_text()
    assert re.findall(r"client_header_timeout (\S+);", text) == ["15s"] * text.count("\nserver {")


def test_a_complete_request_is_answered(server: Nginx) -> None:
    assert ask(server.port, "/").text == "home"
