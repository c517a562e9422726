"""Fixtures and hooks for all tests."""

import datetime as dt
import fcntl
import gc
import os
import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings

from appointments.policies import promises
from articles import library
from articles.content.documents import Article
from articles.loading import loader
from articles.readers import missed_searches
from clinic_site import clinic_yaml
from clinic_site.database.group_permissions import CLINICAL_REVIEWERS, FRONT_DESK, STAFF_EDITORS
from clinic_site.monitoring import heartbeats
from tests.inside import Manage
from tests.inside import manage as run_manage
from tests.nginx import RunNginx
from tests.nginx import nginx as run_nginx
from tests.serving import OwnDatabase, Serving, WarmStart
from tests.sessions import start_session
from tests.shipped import REAL_CONTENT, shipped_library
from tests.soak import SOAK, Figures

CLINIC_TIME = ZoneInfo("America/New_York")
MONDAY_MORNING = dt.datetime(2026, 11, 23, 10, 0, tzinfo=CLINIC_TIME)


@pytest.fixture(autouse=True)
def _fresh_libraries() -> None:
    """Forget the libraries, heartbeats, missed searches and counts that earlier tests left."""
    missed_searches.misses.take()
    shutil.rmtree(heartbeats.FOLDER, ignore_errors=True)
    heartbeats._last.clear()
    library._watched.cache_clear()
    clinic_yaml._watched.cache_clear()
    promises._counted.cache_clear()


@pytest.fixture
def real_content(settings: Settings) -> Path:
    """Use the content of the shipped site instead of the tests' small one."""
    settings.CONTENT_DIR = REAL_CONTENT
    return REAL_CONTENT


@pytest.fixture
def article(request: pytest.FixtureRequest) -> Article:
    """Return the shipped article that @EVERY_ARTICLE of tests/shipped.py names; a test without that mark gets none."""
    return shipped_library().articles[request.param]


@pytest.fixture(scope="session")
def warm_start(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> WarmStart:
    """Return the result of a site's first start; the first of the test processes makes it for all."""
    base = tmp_path_factory.getbasetemp()
    folder = base if worker_id == "master" else base.parent
    warm = WarmStart(folder / "warm", Path(os.environ.get("WARM", folder / "earlier")))
    with (folder / "warm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "warm.done").exists():
            warm.make()
            (folder / "warm.done").touch()
    return warm


@pytest.fixture(scope="session")
def serving(warm_start: WarmStart) -> Serving:
    """`with serving(folder) as site`: a served site, on a database of its own on the engine under test."""
    return warm_start.serving


@pytest.fixture(scope="session")
def own_database(warm_start: WarmStart) -> OwnDatabase:
    """`with own_database(file) as url`: a database with tables and no rows, on the engine under test."""
    return warm_start.own_database


@pytest.fixture(scope="session")
def nginx() -> RunNginx:
    """`with nginx(folder, published, app_port) as server`: nginx as shipped."""
    return run_nginx


@pytest.fixture(scope="session")
def manage() -> Manage:
    """`manage("check", DEMO="on")`: manage.py in a process of its own, with no other environment."""
    return run_manage


@pytest.fixture
def figures(record_property: Callable[[str, object], None]) -> Figures:
    """Figures that the test measured, for `make soak`."""
    return Figures(record_property)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if SOAK:
        terminalreporter.section("figures")
        for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
            for name, value in report.user_properties if report.when == "call" else ():
                terminalreporter.write_line(f"{name}: {value}")


# The fixtures of a test decide where it runs: on PostgreSQL too (`-m database`), apart from the quick tests
# (`-m server`), or without coverage (`-m remote`), because it tests other processes; other tests cover their branches.
# A module may set `remote` itself.
MARKS = {
    "database": {"db", "transactional_db", "own_database", "serving"},
    "browser": {"browser", "playwright", "webkit"},
    "remote": {"own_database", "nginx"},
    "server": {"own_database", "serving", "nginx", "browser", "playwright", "webkit", "manage", "warm_start"},
}


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    fixtures = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("django_db"):
        fixtures.add("db")
    for mark, names in MARKS.items():
        if fixtures & names:
            item.add_marker(mark)


def pytest_configure() -> None:
    """Collect garbage less often: that takes a tenth of a run, and there is little to collect.

    Parse each text once in a run: most tests load the same few files into a library of their own.
    """
    gc.set_threshold(50_000, 20, 50)
    once = lru_cache(maxsize=100)
    loader.FILES = {name: once(parser) for name, parser in loader.FILES.items()}
    loader.FOLDERS = {name: once(parser) for name, parser in loader.FOLDERS.items()}
    clinic_yaml.read_clinic = once(clinic_yaml.read_clinic)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # the tests themselves stay


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run browsers last: the event loop of a browser goes on afterwards, and Django refuses the database where one is.

    Otherwise what takes long comes first, so that no process ends long after the others.
    """
    items.sort(
        key=lambda item: (
            "browser" in item.path.parts,
            item.get_closest_marker("slow") is None,
            item.get_closest_marker("server") is None,
        )
    )


Cast = Callable[[str], Client]
GROUPS = {"front desk": FRONT_DESK, "editor": STAFF_EDITORS, "reviewer": CLINICAL_REVIEWERS}


@pytest.fixture
def sign_in(db: None) -> Cast:
    """Return a client signed in as a member of the cast. The patient and the stranger have no sign-in."""

    def signed_in(who: str) -> Client:
        client = Client()
        if who in (*GROUPS, "owner"):
            user = User.objects.create_user(who.replace(" ", "-"), is_staff=True, is_superuser=who == "owner")
            user.groups.set(Group.objects.filter(name=GROUPS.get(who)))
            start_session(client, user)
        return client

    return signed_in
