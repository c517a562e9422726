"""What a serving process starts besides Django."""

import gc
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.handlers.wsgi import WSGIHandler
from pytest_django import Settings

from clinic_site import front_door
from clinic_site.front_door import front, look, open_front_door


@pytest.fixture(autouse=True)
def _unfrozen() -> Iterator[None]:
    """What a serving process keeps for good is collected in the tests."""
    yield
    gc.unfreeze()


def test_one_thread_keeps_the_pages_fresh_and_one_the_search_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    monkeypatch.setattr(front_door, "VAR_FOLDER", tmp_path)
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append((thread.name, thread.daemon)))
    open_front_door(WSGIHandler())
    assert started == [("pages", True), ("search", True)]


def test_a_look_gives_the_same_snapshot_while_nothing_changes() -> None:
    first = look(None)
    assert look(first) is first


def test_hosts_with_a_wildcard_are_left_to_django(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["clinic.example", ".clinic.example", "*"]
    settings.SITE_URL = "https://www.clinic.example"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    made = front()
    assert made.hosts == {"www.clinic.example", "clinic.example", f"clinic.example:{settings.PORT}"}
    assert (made.host, made.proxy_header, made.proxy_value) == ("www.clinic.example", "HTTP_X_FORWARDED_PROTO", "https")
