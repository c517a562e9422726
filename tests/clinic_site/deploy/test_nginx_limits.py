"""How many requests nginx, as shipped, accepts from one address. Each test has addresses of its own."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from clinic_site import settings as site_settings
from tests.nginx import DEPLOY, SENDER, Nginx, RunNginx, ask, has_ipv6
from tests.serving import free_port

FORM = "/consultation/"
AT_ONCE = 100  # concurrent requests that nginx accepts from one address
LET_THROUGH = 503  # there is no app behind nginx here


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, nginx: RunNginx) -> Iterator[Nginx]:
    """Run nginx with three published pages, and no app."""
    folder = tmp_path_factory.mktemp("limits")
    (folder / "site" / "about").mkdir(parents=True)
    for page in ("about/index.html", "app-is-down.html", "page-is-down.html"):
        (folder / "site" / page).write_text(page)
    with nginx(folder / "nginx", folder, free_port()) as server:
        yield server


def statuses(server: Nginx, count: int, path: str, sender: str, method: str = "POST") -> list[int]:
    """Return the statuses of `count` requests from the address `sender`, one after another."""
    return [ask(server.port, path, method, sender=sender).status for _ in range(count)]


def test_many_forms_in_a_row_are_answered_with_whom_to_call(server: Nginx) -> None:
    assert statuses(server, 14, FORM, "192.0.2.1")[-1] == 429
    response = ask(server.port, FORM, "POST", {}, sender="192.0.2.1")
    assert response.text == "app-is-down.html"
    assert response.headers["retry-after"]
    assert ask(server.port, FORM, sender="192.0.2.1").status != 429
    assert statuses(server, 1, "/articles/sleep/feedback/", "192.0.2.1") == [LET_THROUGH]


def test_a_form_sent_twice_or_by_a_family_is_accepted(server: Nginx) -> None:
    assert 429 not in statuses(server, 10, FORM, "192.0.2.2")


def test_one_address_cannot_use_up_the_limit_of_the_site(server: Nginx, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_settings, "DEMO", False)
    monkeypatch.delenv("REQUESTS_A_MINUTE", raising=False)
    at_once = sum(status != 429 for status in statuses(server, 14, FORM, "192.0.2.3"))
    (rate,) = re.findall(r"zone=clinic_requests:\S+ rate=(\d+)r/m;", (DEPLOY / "clinic.conf").read_text())
    assert at_once + int(rate) <= site_settings.most_a_minute("REQUESTS_A_MINUTE") / 2
    assert statuses(server, 1, FORM, "192.0.2.4") == [LET_THROUGH]


def test_many_sign_ins_in_a_row_are_limited(server: Nginx) -> None:
    assert 429 not in statuses(server, 3, "/admin/login/", "192.0.2.5")
    assert statuses(server, 6, "/admin/login/", "192.0.2.5")[-1] == 429
    assert statuses(server, 1, "/admin/login/", "192.0.2.6") == [LET_THROUGH]


def test_an_offices_passkeys_pass_and_a_robots_are_limited(server: Nginx) -> None:
    assert 429 not in statuses(server, 15, "/admin/login/passkey/", "192.0.2.13", "GET")
    assert 429 in statuses(server, 15, "/admin/login/passkey/", "192.0.2.13", "GET")
    assert statuses(server, 1, "/admin/login/", "192.0.2.13", "GET") == [LET_THROUGH]


def test_an_offices_searches_pass_and_a_robots_are_limited(server: Nginx) -> None:
    assert 429 not in statuses(server, 25, "/search/?q=sleep", "192.0.2.7", "GET")
    assert 429 in statuses(server, 35, "/search/?q=sleep", "192.0.2.7", "GET")
    assert statuses(server, 1, "/search/?q=sleep", "192.0.2.8", "GET") == [LET_THROUGH]


def test_unfinished_requests_leave_room_for_other_addresses(server: Nginx) -> None:
    head = f"POST /admin/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{SENDER}: 192.0.2.9\r\nContent-Length: 9\r\n"
    with ExitStack() as open_ones:
        for _ in range(AT_ONCE):
            unfinished = open_ones.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60))
            unfinished.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
            assert unfinished.recv(100).startswith(b"HTTP/1.1 100 ")  # nginx waits for the body
        refused = ask(server.port, "/about/", sender="192.0.2.9")
        assert (refused.status, refused.text) == (429, "page-is-down.html")
        assert ask(server.port, "/about/", sender="192.0.2.10").status == 200


@pytest.mark.parametrize("network", ["2001:db8:0:1", "2001:db8:a0a:a0d"])  # 0a and 0d: the bytes of a line break
def test_an_ipv6_network_counts_as_one_address(server: Nginx, network: str) -> None:
    for number in range(1, 15):
        last = statuses(server, 1, FORM, f"{network}:{number}:a0a:0:1")
    assert last == [429]
    assert statuses(server, 1, FORM, f"{network[:-1]}2::1") == [LET_THROUGH]


def test_an_ipv4_address_counts_alone_in_every_notation(server: Nginx) -> None:
    assert statuses(server, 14, FORM, "::ffff:192.0.2.11")[-1] == 429
    assert statuses(server, 1, FORM, "192.0.2.11") == [429]
    assert statuses(server, 1, FORM, "::ffff:192.0.2.12") == [LET_THROUGH]


def test_ipv6_is_answered_on_the_same_ports_as_ipv4(server: Nginx) -> None:
    text = (DEPLOY / "clinic.conf").read_text()
    assert re.findall(r"listen ([48].*);", text) == re.findall(r"listen \[::\]:(.*);", text)
    if has_ipv6():
        assert ask(server.port, "/about/", host="::1", Host="127.0.0.1").status == 200
