"""The paths for machines, and the pages for when something went wrong."""

import datetime as dt
import threading
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, RequestFactory
from PIL import Image
from pytest_django import Settings

from clinic_site import views
from clinic_site.security_headers import ADMIN_POLICY, PUBLIC_POLICY, policy_header
from tests.conftest import Cast
from tests.content_builders import make_article, make_content

STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"


def test_the_process_says_that_it_is_alive(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_a_site_in_order_is_ready(client: Client) -> None:
    assert client.get("/readyz").content == b"ready\n"


@pytest.mark.django_db
def test_without_its_migrations_the_site_is_not_ready(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("articles", "0004_editors_and_reviewers")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready: migrations are not applied\n")


def test_without_its_database_the_site_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(views, "MigrationExecutor", down)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready: the database does not answer\n")


@pytest.mark.django_db
def test_without_a_library_the_site_is_not_ready(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = tmp_path
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready: the content cannot be loaded\n")


@pytest.mark.django_db
def test_without_its_static_files_the_site_is_not_ready(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": STATIC_STORAGE}}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.content == b"not ready: the static files are not gathered: run gather_static and restart\n"
    (tmp_path / "staticfiles.json").write_text('{"version": "1.1", "paths": {"css/site.css": "css/site.0.css"}}')
    settings.STORAGES = dict(settings.STORAGES)  # as a restart: it looks again
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_typing_slip_in_the_content_is_no_outage(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, odd=make_article(colour="blue"))
    assert client.get("/readyz").status_code == 200


def test_a_browser_that_asks_for_a_favicon_gets_a_small_one(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/x-icon")
    assert len(answer.content) < 5_000  # bytes
    with Image.open(BytesIO(answer.content)) as picture:
        assert picture.info["sizes"] == {(16, 16), (32, 32)}


def test_robots_may_read_articles_but_no_ones_request(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /consultation/received/\n" in text
    assert "Disallow: /admin/\n" in text
    assert "Disallow: /preview/\n" in text
    assert "Disallow: /\n" not in text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml\n" in text


def test_security_txt_names_a_contact_and_has_not_expired(client: Client) -> None:
    lines = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines())
    assert lines["Contact"] == "mailto:security@clinic.example"
    life = dt.datetime.fromisoformat(lines["Expires"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=170) < life < dt.timedelta(days=365)


def test_a_missing_page_helps(client: Client) -> None:
    answer = client.get("/nope/")
    text = answer.content.decode()
    assert answer.status_code == 404
    assert "There is no page here" in text
    assert 'action="/search/"' in text
    assert "(727) 555-0142" in text


@pytest.mark.parametrize(("path", "host"), [("/search/?" + "a&" * 400, "testserver"), ("/", "elsewhere.example")])
def test_what_cannot_be_read_is_told_with_the_phone_numbers(client: Client, path: str, host: str) -> None:
    answer = client.get(path, HTTP_HOST=host)
    assert answer.status_code == 400
    assert "(727) 555-0142" in answer.content.decode()


def test_a_broken_page_says_so_and_how_to_reach_the_clinic() -> None:
    answer = views.server_error(RequestFactory().get("/"))
    text = answer.content.decode()
    assert answer.status_code == 500
    assert "it may not have reached us" in text
    assert "(727) 555-0142" in text


def test_even_without_the_clinics_facts_a_broken_page_says_how_to_go_on(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = tmp_path
    answer = views.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "In an emergency call 911." in answer.content.decode()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"CONTENT_LENGTH": "65537"}, 413),
        ({"CONTENT_LENGTH": "9" * 18}, 413),
        ({"CONTENT_LENGTH": "-1"}, 400),
        ({"CONTENT_LENGTH": "\xb2"}, 400),
        ({"CONTENT_LENGTH": "٣"}, 400),
        ({"CONTENT_LENGTH": "1_0"}, 400),
        ({"CONTENT_LENGTH": " 1"}, 400),
        ({"CONTENT_LENGTH": "9" * 5_000}, 400),
        ({"CONTENT_LENGTH": "1, 1"}, 400),
        ({"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-16"}, 400),
        ({"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=UTF-8"}, 200),
    ],
)
def test_what_no_form_of_ours_sends_is_refused_unread(client: Client, headers: dict[str, str], status: int) -> None:
    assert client.get("/healthz", **headers).status_code == status  # type: ignore[arg-type]


def policy(header: str) -> dict[str, str]:
    return dict(directive.split(" ", 1) for directive in header.split("; "))


def test_the_exact_policy_of_public_pages(client: Client) -> None:
    answer = client.get("/")
    assert policy(answer["Content-Security-Policy"]) == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert policy_header(PUBLIC_POLICY) == answer["Content-Security-Policy"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer["Permissions-Policy"]


@pytest.mark.django_db
def test_behind_sign_in_scripts_come_from_here_and_nothing_is_cached(client: Client) -> None:
    answer = client.get("/admin/login/")
    assert policy(answer["Content-Security-Policy"])["script-src"] == "'self'"
    assert answer["Content-Security-Policy"] == policy_header(ADMIN_POLICY)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("following", ["", "https://elsewhere.example/", "//elsewhere.example/"])
def test_who_signs_in_without_a_page_to_go_back_to_comes_to_the_desk(sign_in: Cast, following: str) -> None:
    User.objects.create_user("front", password="a-long-pass-phrase", is_staff=True)
    form = {"username": "front", "password": "a-long-pass-phrase", "next": following}
    answer = sign_in("stranger").post("/admin/login/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.django_db
def test_the_wsgi_callable_answers_and_somebody_looks_after_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    status, started = [], []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread.name))
    from clinic_site.wsgi import application  # here, because importing it starts threads: they would never end

    def start_response(line: str, headers: object, exc_info: object = None, /) -> Callable[[bytes], object]:
        status.append(line)
        return bytes

    environ = RequestFactory().get("/healthz", HTTP_HOST="127.0.0.1").environ
    assert b"".join(application(environ, start_response)) == b"ok\n"
    assert (status, started) == (["200 OK"], ["pages", "search", "lookout", "port"])
