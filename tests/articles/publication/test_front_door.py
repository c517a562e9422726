"""Background threads and settings of a serving process."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.handlers.wsgi import WSGIHandler
from pytest_django import Settings

from articles.library import get_library
from articles.publication import front_door
from articles.publication.front_door import current_snapshot, open_front_door
from clinic_site.background import Job
from clinic_site.published import Published, site_hosts
from tests.articles.editing.builders import NOON


@pytest.fixture(autouse=True)
def _unfrozen() -> Iterator[None]:
    """Unfreeze objects that a serving process freezes, so that they can be collected."""
    yield
    gc.unfreeze()


def test_one_thread_updates_pages_and_one_the_search_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: dict[str, tuple[float, Job]] = {}

    def start_thread(name: str, seconds: float, jobs: list[Job]) -> None:
        [job] = jobs
        started[name] = (seconds, job)

    updated: list[object] = []
    monkeypatch.setattr(front_door, "VAR_FOLDER", tmp_path)
    monkeypatch.setattr(front_door, "start_thread", start_thread)
    monkeypatch.setattr(Published, "refresh", lambda published: updated.append(published))
    monkeypatch.setattr(front_door, "get_index", updated.append)
    published = open_front_door(WSGIHandler())
    for _, job in started.values():
        job.work(NOON)
    assert updated == [published, get_library()]
    assert {name: seconds for name, (seconds, _) in started.items()} == {"pages": 0.5, "search": 1.0}


def test_a_look_gives_the_same_snapshot_while_nothing_changes() -> None:
    first = current_snapshot(None)
    assert current_snapshot(first) is first


def test_the_proxy_header_for_https_comes_from_the_settings(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["clinic.example", ".clinic.example", "*"]
    settings.SITE_URL = "https://www.clinic.example"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    hosts = site_hosts()
    assert (hosts.host, hosts.proxy_header, hosts.proxy_value) == (
        "www.clinic.example",
        "HTTP_X_FORWARDED_PROTO",
        "https",
    )


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
def test_spellings_of_the_host_get_finished_pages_and_other_hosts_go_to_django(
    settings: Settings, host: str, ours: bool
) -> None:
    settings.ALLOWED_HOSTS = ["clinic.example", ".clinic.example", "*"]
    settings.SITE_URL = "https://www.clinic.example"
    assert site_hosts().meets({"HTTP_HOST": host, "wsgi.url_scheme": "http"}) is ours
