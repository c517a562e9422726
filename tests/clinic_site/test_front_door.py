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


def test_the_proxys_word_for_https_is_the_settings_one(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["clinic.example", ".clinic.example", "*"]
    settings.SITE_URL = "https://www.clinic.example"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    made = front()
    assert (made.host, made.proxy_header, made.proxy_value) == ("www.clinic.example", "HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("clinic.example", True),
        ("clinic.example.", True),
        ("clinic.example:443", True),
        ("clinic.example.:80", True),
        ("clinic.example.:8000", True),
        ("www.clinic.example", True),
        ("clinic.example..", False),
        ("clinic.example:9999", False),
        ("sub.clinic.example", False),
        ("*", False),
        ("clinic.example@elsewhere", False),
    ],
)
def test_the_same_host_written_otherwise_gets_finished_pages_and_another_is_djangos_to_judge(
    settings: Settings, host: str, ours: bool
) -> None:
    settings.ALLOWED_HOSTS = ["clinic.example", ".clinic.example", "*"]
    settings.SITE_URL = "https://www.clinic.example"
    assert front().meets({"HTTP_HOST": host, "wsgi.url_scheme": "http"}) is ours
