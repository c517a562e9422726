"""Every address of the site, who may look at it, and that nothing else opens or changes anything.

A new address fails here until ADDRESSES says who it is for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.urls import get_resolver
from django.urls.resolvers import URLResolver
from pytest_django import Settings

from appointments.choices import READS
from appointments.models import AuditEvent
from articles.models import ReaderFeedback, ReviewerProfile
from clinic_site.accounts.models import AccountEvent
from clinic_site.database.group_permissions import FRONT_DESK
from tests.appointments.builders import NOW, make_request
from tests.articles.editing.pages.edit_desk import make_newsroom
from tests.conftest import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.whole]

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
SIGN_IN = "/admin/login/"
FROM_ANOTHER_SITE = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
OWNER = ("owner",)
DESK = ("front desk", *OWNER)
EDITORS = ("editor", *OWNER)
STAFF = ("front desk", "editor", "reviewer", *OWNER)
ANYONE = ("stranger", *STAFF)
NEWSROOM = ("editor", "reviewer", *OWNER)
NOBODY = ()
FOUND, FORBIDDEN, MISSING, NOT_ALLOWED = 200, 403, 404, 405
REDIRECTS = (301, 302, 303)
REFUSED, ELSEWHERE = "refused", "sent elsewhere"


@dataclass(frozen=True)
class Address:
    """Who may look, at a real path of the address, and what answers them."""

    path: str
    may_look: tuple[str, ...]
    answer: int | str = FOUND


def records(model: str, object_id: str, see: tuple[str, ...], add: tuple[str, ...] = NOBODY) -> dict[str, Address]:
    """Return the addresses that Django's admin has for a model; who may add may also delete."""
    at, one = f"admin/{model}/", f"admin/{model}/<path:object_id>/"
    real = f"/admin/{model}/{object_id}/"
    return {
        at: Address(f"/admin/{model}/", see),
        f"{at}add/": Address(f"/admin/{model}/add/", add),
        f"{one}history/": Address(f"{real}history/", see),
        f"{one}delete/": Address(f"{real}delete/", add),
        f"{one}change/": Address(f"{real}change/", see),
        one: Address(real, see, ELSEWHERE),
    }


REQUESTS = "admin/appointments/consultationrequest/"
FILES = "admin/articles/contentfile/"
OFFICE = f"{FILES}clinic/offices/<slug:office>/"
REAL_OFFICE = f"/{FILES}clinic/offices/port-alder/"
STATUS, REAL_STATUS = "consultation/status/<slug:token>/", "/consultation/status/{token}/"
ADDRESSES = {
    "admin/": Address("/admin/", STAFF),
    "admin/login/": Address(SIGN_IN, ("stranger",)),  # who is signed in is sent on
    "admin/logout/": Address("/admin/logout/", STAFF),
    "admin/account/": Address("/admin/account/", STAFF),
    "admin/account/sessions/": Address("/admin/account/sessions/", STAFF),
    **{  # steps of a sign-in, and pages that ask for the password again: a session alone opens none
        f"admin/{at}": Address(f"/admin/{at}", NOBODY)
        for at in (
            *(
                "login/factor/",
                "login/passkey/",
                "account/confirm/",
                "account/confirm/code/",
                "account/confirm/passkey/",
            ),
            *("account/app/", "account/app/remove/", "account/passkeys/add/", "account/codes/", "account/codes/new/"),
        )
    },
    "admin/account/passkeys/<int:pk>/remove/": Address("/admin/account/passkeys/1/remove/", NOBODY),
    "admin/password_change/": Address("/admin/password_change/", STAFF),
    "admin/password_change/done/": Address("/admin/password_change/done/", STAFF),
    "admin/autocomplete/": Address("/admin/autocomplete/", NOBODY),
    "admin/jsi18n/": Address("/admin/jsi18n/", STAFF),
    "admin/r/<path:content_type_id>/<path:object_id>/": Address("/admin/r/0/0/", STAFF, MISSING),
    "admin/^(?P<app_label>articles|appointments|auth|accounts)/$": Address("/admin/auth/", OWNER),
    "admin/(?P<url>.*)$": Address("/admin/nothing-here/", STAFF, MISSING),
    # These, too, ask for the password again.
    "admin/auth/user/<id>/password/": Address("/admin/auth/user/{user}/password/", NOBODY),
    **records("auth/user", "{user}", NOBODY),
    **records("auth/group", "{group}", NOBODY),
    **records("accounts/accountevent", "{event}", OWNER),
    **records("articles/reviewerprofile", "{profile}", OWNER, OWNER),
    **records("articles/readerfeedback", "{feedback}", EDITORS),
    **records("appointments/outboxmessage", "{message}", OWNER),
    **records("appointments/consultationrequest", "{request}", DESK),
    f"{REQUESTS}<int:pk>/step/<slug:name>/": Address(f"/{REQUESTS}{{request}}/step/note/", DESK, ELSEWHERE),
    f"{REQUESTS}<int:pk>/next/": Address(f"/{REQUESTS}{{request}}/next/", DESK, ELSEWHERE),
    f"{REQUESTS}<int:pk>/erase/": Address(f"/{REQUESTS}{{request}}/erase/", DESK),
    f"{REQUESTS}<int:pk>/print/": Address(f"/{REQUESTS}{{request}}/print/", DESK),
    **{f"{REQUESTS}{page}/": Address(f"/{REQUESTS}{page}/", DESK) for page in ("figures", "day", "week", "phone")},
    FILES: Address(f"/{FILES}", NEWSROOM),
    f"{FILES}sources/new/": Address(f"/{FILES}sources/new/", EDITORS),
    f"{FILES}readers/": Address(f"/{FILES}readers/", NEWSROOM),
    **{f"{FILES}{page}/": Address(f"/{FILES}{page}/", EDITORS) for page in ("new", "files", "clinic", "pictures")},
    **{
        f"{FILES}{page}/<slug:slug>/{step}": Address(f"/{FILES}{page}/sore-backs/{step}", see, answer)
        for page, step, see, answer in (
            ("rename", "", EDITORS, FOUND),
            ("withdraw", "", EDITORS, FOUND),
            ("edit", "", EDITORS, FOUND),
            ("edit", "check/", EDITORS, ELSEWHERE),
            ("edit", "preview/", EDITORS, ELSEWHERE),
            ("history", "", NEWSROOM, FOUND),
            ("history", "restore/", EDITORS, ELSEWHERE),
            ("review", "", NEWSROOM, FOUND),
        )
    },
    f"{FILES}lead/": Address(f"/{FILES}lead/", EDITORS, ELSEWHERE),
    f"{FILES}files/<path:path>": Address(f"/{FILES}files/glossary.yaml", EDITORS),
    f"{FILES}files/<path:path>/history/": Address(f"/{FILES}files/glossary.yaml/history/", EDITORS),
    f"{OFFICE}hours/": Address(f"{REAL_OFFICE}hours/", EDITORS),
    f"{OFFICE}closed-days/": Address(f"{REAL_OFFICE}closed-days/", EDITORS),
    f"{OFFICE}calendars/<slug:calendar>/": Address(f"{REAL_OFFICE}calendars/port-alder-first/", EDITORS),
    f"{FILES}clinic/visits/<slug:kind>/": Address(f"/{FILES}clinic/visits/first-visit/", EDITORS),
    f"{FILES}pictures/<slug:name>/delete/": Address(f"/{FILES}pictures/none/delete/", EDITORS, MISSING),
    "consultation/": Address("/consultation/", ANYONE),
    "consultation/received/<slug:token>/": Address("/consultation/received/{token}/", ANYONE),
    STATUS: Address(REAL_STATUS, ANYONE),
    f"{STATUS}answers/": Address(f"{REAL_STATUS}answers/", ANYONE),
    f"{STATUS}times/": Address(f"{REAL_STATUS}times/", ANYONE, ELSEWHERE),
    f"{STATUS}move/": Address(f"{REAL_STATUS}move/", ANYONE, ELSEWHERE),
    f"{STATUS}cancel/": Address(f"{REAL_STATUS}cancel/", ANYONE, ELSEWHERE),
    f"{STATUS}appointment.ics": Address(f"{REAL_STATUS}appointment.ics", ANYONE, ELSEWHERE),
    "consultation/^(?:received|status)/(?:.*/)?$": Address("/consultation/status/cut/off/", ANYONE, MISSING),
    **{name: Address(f"/{name}", ANYONE) for name in ("healthz", "readyz", "favicon.ico", "robots.txt")},
    ".well-known/security.txt": Address("/.well-known/security.txt", ANYONE),
    **{f"{name}": Address(f"/{name}", ANYONE) for name in ("", "articles/", "glossary/", "references/", "search/")},
    "articles/<slug:slug>/": Address("/articles/sore-backs/", ANYONE),
    "articles/<slug:slug>/feedback/": Address("/articles/sore-backs/feedback/", ANYONE),
    "articles/<slug:slug>/feedback/thanks/": Address("/articles/sore-backs/feedback/thanks/", ANYONE),
    "topics/<slug:slug>/": Address("/topics/none/", ANYONE, MISSING),
    "my-questions/": Address("/my-questions/", ANYONE),
    "my-questions/sheet/": Address("/my-questions/sheet/", ANYONE),
    "feed.xml": Address("/feed.xml", ANYONE),
    "sitemap.xml": Address("/sitemap.xml", ANYONE),
    "sitemap-<int:number>.xml": Address("/sitemap-9.xml", ANYONE, MISSING),
    "preview/<str:token>/": Address("/preview/none/", ANYONE, MISSING),
    "pictures/<str:file_name>": Address("/pictures/none.webp", ANYONE, MISSING),
    "pages/<slug:slug>/": Address("/pages/about/", ANYONE, ELSEWHERE),
    "<slug:slug>/": Address("/about/", ANYONE),
}


def routes() -> Iterator[str]:
    """Yield the pattern of each address of the site."""

    def inside(resolver: URLResolver, before: str) -> Iterator[str]:
        for pattern in resolver.url_patterns:
            route = f"{before}{pattern.pattern}"
            if isinstance(pattern, URLResolver):
                yield from inside(pattern, route)
            else:
                yield route

    return inside(get_resolver(), "")


@pytest.fixture
def paths(settings: Settings, tmp_path: Path, sign_in: Cast) -> Iterator[dict[str, str]]:
    """Return a real path of each address, on a site with one row of each kind."""
    settings.ALLOWED_HOSTS = ["*"]
    with time_machine.travel(NOW, tick=False):
        settings.CONTENT_DIR = make_newsroom(tmp_path)
        user = User.objects.create_user("somebody")
        request = make_request(email="ana@example.com")
        feedback = ReaderFeedback.objects.create(article="sore-backs", helpful=True, day=NOW.date())
        profile = ReviewerProfile.objects.create(user=user, credentials="MD", license_state="FL")
        real = {
            "user": user.pk,
            "group": Group.objects.get(name=FRONT_DESK).pk,
            "request": request.pk,
            "token": request.token,
            "message": request.messages.get(kind="notice").pk,
            "feedback": feedback.pk,
            "profile": profile.pk,
            "event": AccountEvent.objects.get(subject="somebody").pk,
        }
        yield {route: address.path.format(**real) for route, address in ADDRESSES.items()}


def rows() -> list[Any]:
    """Return what the database holds, but for sessions, and what counts as a look."""
    models = [model for model in apps.get_models() if model._meta.managed and model not in (Session, AuditEvent)]
    found: list[Any] = [AuditEvent.objects.exclude(action__in=READS), *(model._default_manager for model in models)]
    return [list(manager.order_by("pk").values()) for manager in found]


def outcome(response: Any) -> int | str:
    """Return the status, or in words that a page is refused, as the way to the sign-in does, or leads elsewhere."""
    if response.status_code in REDIRECTS:
        return REFUSED if response["Location"].startswith(SIGN_IN) else ELSEWHERE
    return REFUSED if response.status_code == FORBIDDEN else int(response.status_code)


def is_right(answer: int | str, address: Address, who: str) -> bool:
    return answer == address.answer if who in address.may_look else answer in (REFUSED, MISSING, ELSEWHERE)


def test_the_table_names_every_address() -> None:
    assert set(routes()) == set(ADDRESSES)


@pytest.mark.parametrize("who", ANYONE)
def test_only_those_of_the_table_see_a_page_and_a_look_changes_nothing(
    who: str, paths: dict[str, str], sign_in: Cast
) -> None:
    client = sign_in(who)
    before = rows()
    answers = {route: outcome(client.get(path)) for route, path in paths.items()}
    wrong = {route: answer for route, answer in answers.items() if not is_right(answer, ADDRESSES[route], who)}
    assert wrong == {}
    assert rows() == before


@pytest.mark.parametrize("who", ANYONE)
def test_no_other_site_makes_a_browser_change_anything(who: str, paths: dict[str, str], sign_in: Cast) -> None:
    """Another site can make a browser post a form. Before other methods the browser asks, and no page allows them."""
    client = sign_in(who)
    client.handler.enforce_csrf_checks = True
    before = rows()
    for path in paths.values():
        client.post(path, headers=FROM_ANOTHER_SITE)
        asked = client.options(path, headers={**FROM_ANOTHER_SITE, "Access-Control-Request-Method": "DELETE"})
        assert "Access-Control-Allow-Origin" not in asked, path
    assert rows() == before


@pytest.mark.parametrize("who", ANYONE)
def test_who_may_not_look_may_not_change_either(who: str, paths: dict[str, str], sign_in: Cast) -> None:
    client = sign_in(who)
    closed = {route: path for route, path in paths.items() if who not in ADDRESSES[route].may_look and path != SIGN_IN}
    before = rows()
    answers = {
        (route, method): outcome(client.generic(method, path)) for route, path in closed.items() for method in UNSAFE
    }
    wrong = {at: answer for at, answer in answers.items() if answer not in (REFUSED, MISSING, ELSEWHERE, NOT_ALLOWED)}
    assert wrong == {}
    assert rows() == before
