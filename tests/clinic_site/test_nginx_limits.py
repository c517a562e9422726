"""How much one address may ask of nginx, as shipped, and who counts as one. Each test has addresses of its own."""

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from clinic_site import settings as site_settings
from tests.nginx import DEPLOY, SENDER, Nginx, RunNginx, ask, has_ipv6
from tests.serving import free_port

FORM = "/consultation/"
AT_ONCE = 100  # requests of one address that nginx works on
LET_THROUGH = 503  # nobody is behind nginx here


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, nginx: RunNginx) -> Iterator[Nginx]:
    """Three published pages, and no app."""
    folder = tmp_path_factory.mktemp("limits")
    (folder / "site" / "about").mkdir(parents=True)
    for page in ("about/index.html", "app-is-down.html", "page-is-down.html"):
        (folder / "site" / page).write_text(page)
    with nginx(folder / "nginx", folder, free_port()) as server:
        yield server


def statuses(server: Nginx, count: int, path: str, sender: str, method: str = "POST") -> list[int]:
    """Of so many requests, one after another, from the same address."""
    return [ask(server.port, path, method, sender=sender).status for _ in range(count)]


def test_who_sends_one_form_after_another_is_told_to_call(server: Nginx) -> None:
    assert statuses(server, 14, FORM, "192.0.2.1")[-1] == 429
    told = ask(server.port, FORM, "POST", {}, sender="192.0.2.1")
    assert told.text == "app-is-down.html"
    assert told.headers["retry-after"]
    assert ask(server.port, FORM, sender="192.0.2.1").status != 429
    assert statuses(server, 1, "/articles/sleep/feedback/", "192.0.2.1") == [LET_THROUGH]


def test_a_form_that_is_sent_twice_and_a_family_behind_one_address_get_through(server: Nginx) -> None:
    assert 429 not in statuses(server, 10, FORM, "192.0.2.2")


def test_one_address_cannot_take_all_places_of_the_site(server: Nginx, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_settings, "DEMO", False)
    monkeypatch.delenv("REQUESTS_A_MINUTE", raising=False)
    at_once = sum(status != 429 for status in statuses(server, 14, FORM, "192.0.2.3"))
    (rate,) = re.findall(r"zone=clinic_requests:\S+ rate=(\d+)r/m;", (DEPLOY / "clinic.conf").read_text())
    assert at_once + int(rate) <= site_settings.most_a_minute("REQUESTS_A_MINUTE") / 2
    assert statuses(server, 1, FORM, "192.0.2.4") == [LET_THROUGH]


def test_who_tries_one_password_after_another_waits(server: Nginx) -> None:
    assert 429 not in statuses(server, 3, "/admin/login/", "192.0.2.5")
    assert statuses(server, 6, "/admin/login/", "192.0.2.5")[-1] == 429
    assert statuses(server, 1, "/admin/login/", "192.0.2.6") == [LET_THROUGH]


def test_an_office_searches_and_a_robot_waits(server: Nginx) -> None:
    assert 429 not in statuses(server, 25, "/search/?q=sleep", "192.0.2.7", "GET")
    assert 429 in statuses(server, 35, "/search/?q=sleep", "192.0.2.7", "GET")
    assert statuses(server, 1, "/search/?q=sleep", "192.0.2.8", "GET") == [LET_THROUGH]


def test_who_never_finishes_leaves_room_for_others(server: Nginx) -> None:
    head = f"POST /admin/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{SENDER}: 192.0.2.9\r\nContent-Length: 9\r\n"
    with ExitStack() as open_ones:
        for _ in range(AT_ONCE):
            unfinished = open_ones.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60))
            unfinished.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
            assert unfinished.recv(100).startswith(b"HTTP/1.1 100 ")  # nginx waits for the rest
        refused = ask(server.port, "/about/", sender="192.0.2.9")
        assert (refused.status, refused.text) == (429, "page-is-down.html")
        assert ask(server.port, "/about/", sender="192.0.2.10").status == 200


@pytest.mark.parametrize("network", ["2001:db8:0:1", "2001:db8:a0a:a0d"])  # 0a and 0d: bytes that end a line
def test_all_addresses_of_an_ipv6_network_count_as_one(server: Nginx, network: str) -> None:
    for number in range(1, 15):
        last = statuses(server, 1, FORM, f"{network}:{number}:a0a:0:1")
    assert last == [429]
    assert statuses(server, 1, FORM, f"{network[:-1]}2::1") == [LET_THROUGH]


def test_an_ipv4_address_counts_alone_in_whatever_form_it_comes(server: Nginx) -> None:
    assert statuses(server, 14, FORM, "::ffff:192.0.2.11")[-1] == 429
    assert statuses(server, 1, FORM, "192.0.2.11") == [429]
    assert statuses(server, 1, FORM, "::ffff:192.0.2.12") == [LET_THROUGH]


def test_readers_with_ipv6_are_answered_wherever_those_with_ipv4_are(server: Nginx) -> None:
    text = (DEPLOY / "clinic.conf").read_text()
    assert re.findall(r"listen ([48].*);", text) == re.findall(r"listen \[::\]:(.*);", text)
    if has_ipv6():
        assert ask(server.port, "/about/", host="::1", Host="127.0.0.1").status == 200
