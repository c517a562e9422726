"""The paths for machines, and the error pages."""

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
from clinic_site.http.security_headers import ADMIN_POLICY, PUBLIC_POLICY, policy_header
from tests.conftest import Cast
from tests.content_builders import make_article, make_content

STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"


def test_healthz_answers(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
def test_a_healthy_site_is_ready(client: Client) -> None:
    assert client.get("/readyz").content == b"ready\n"


@pytest.mark.django_db
def test_without_its_migrations_the_site_is_not_ready(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("articles", "0005_drop_reads")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"not ready: migrations are not applied\n")


def test_without_its_database_the_site_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(views, "MigrationExecutor", down)
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready: the database does not answer\n")


@pytest.mark.django_db
def test_without_a_library_the_site_is_not_ready(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = tmp_path
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"not ready: the content cannot be loaded\n")


@pytest.mark.django_db
def test_without_its_static_files_the_site_is_not_ready(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": STATIC_STORAGE}}
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content == b"not ready: the static files are not gathered: run gather_static and restart\n"
    (tmp_path / "staticfiles.json").write_text('{"version": "1.1", "paths": {"css/site.css": "css/site.0.css"}}')
    settings.STORAGES = dict(settings.STORAGES)  # as after a restart: the manifest is read again
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_a_typo_in_the_content_leaves_the_site_ready(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = make_content(tmp_path, odd=make_article(colour="blue"))
    assert client.get("/readyz").status_code == 200


def test_the_favicon_is_small(client: Client) -> None:
    response = client.get("/favicon.ico")
    assert (response.status_code, response["Content-Type"]) == (200, "image/x-icon")
    assert len(response.content) < 5_000  # bytes
    with Image.open(BytesIO(response.content)) as picture:
        assert picture.info["sizes"] == {(16, 16), (32, 32)}


def test_robots_may_read_articles_but_no_requests(client: Client) -> None:
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


def test_a_missing_page_offers_search_and_phones(client: Client) -> None:
    response = client.get("/nope/")
    text = response.content.decode()
    assert response.status_code == 404
    assert "There is no page here" in text
    assert 'action="/search/"' in text
    assert "(727) 555-0142" in text


@pytest.mark.parametrize(("path", "host"), [("/search/?" + "a&" * 400, "testserver"), ("/", "elsewhere.example")])
def test_an_unreadable_request_is_answered_with_the_phones(client: Client, path: str, host: str) -> None:
    response = client.get(path, HTTP_HOST=host)
    assert response.status_code == 400
    assert "(727) 555-0142" in response.content.decode()


def test_a_server_error_says_how_to_reach_the_clinic() -> None:
    response = views.server_error(RequestFactory().get("/"))
    text = response.content.decode()
    assert response.status_code == 500
    assert "it may not have reached us" in text
    assert "(727) 555-0142" in text


def test_a_server_error_without_clinic_facts_says_to_call_911(settings: Settings, tmp_path: Path) -> None:
    settings.CONTENT_DIR = tmp_path
    response = views.server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "In an emergency call 911." in response.content.decode()


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
def test_malformed_requests_are_refused_unread(client: Client, headers: dict[str, str], status: int) -> None:
    assert client.get("/healthz", **headers).status_code == status  # type: ignore[arg-type]


def policy(header: str) -> dict[str, str]:
    return dict(directive.split(" ", 1) for directive in header.split("; "))


def test_the_content_security_policy_of_public_pages(client: Client) -> None:
    response = client.get("/")
    assert policy(response["Content-Security-Policy"]) == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert policy_header(PUBLIC_POLICY) == response["Content-Security-Policy"]
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert "camera=()" in response["Permissions-Policy"]


@pytest.mark.django_db
def test_staff_pages_load_scripts_from_this_site_and_are_not_cached(client: Client) -> None:
    response = client.get("/admin/login/")
    assert policy(response["Content-Security-Policy"])["script-src"] == "'self'"
    assert response["Content-Security-Policy"] == policy_header(ADMIN_POLICY)
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("following", ["", "https://elsewhere.example/", "//elsewhere.example/"])
def test_an_unsafe_next_address_leads_to_the_desk(sign_in: Cast, following: str) -> None:
    User.objects.create_user("front", password="a-long-pass-phrase", is_staff=True)
    form = {"login": "front", "password": "a-long-pass-phrase", "next": following}
    response = sign_in("stranger").post("/admin/login/", form)
    assert (response.status_code, response["Location"]) == (302, "/admin/")


@pytest.mark.django_db
def test_the_wsgi_callable_answers_and_starts_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    status, started = [], []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread.name))
    from clinic_site.wsgi import application  # here, because the import starts threads, which would never end

    def start_response(line: str, headers: object, exc_info: object = None, /) -> Callable[[bytes], object]:
        status.append(line)
        return bytes

    environ = RequestFactory().get("/healthz", HTTP_HOST="127.0.0.1").environ
    assert b"".join(application(environ, start_response)) == b"ok\n"
    assert (status, started) == (["200 OK"], ["pages", "search", "folder watcher", "port"])
