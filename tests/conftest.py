"""What every test may use."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import Settings

from articles import library
from clinic_site import clinic_file
from clinic_site.groups import CLINICAL_REVIEWERS, FRONT_DESK, STAFF_EDITORS

CLINIC_TIME = ZoneInfo("America/New_York")
MONDAY_MORNING = dt.datetime(2026, 11, 23, 10, 0, tzinfo=CLINIC_TIME)
REAL_CONTENT = Path(__file__).parent.parent / "content"


@pytest.fixture(autouse=True)
def _fresh_libraries() -> None:
    """No test sees a library that another one loaded."""
    library._watched.cache_clear()
    clinic_file._watched.cache_clear()


@pytest.fixture
def real_content(settings: Settings) -> Path:
    """The site as it ships, not the tests' small one."""
    settings.CONTENT_DIR = REAL_CONTENT
    return REAL_CONTENT


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests come last: its event loop stays, and Django refuses the database where one is running."""
    items.sort(key=lambda item: "browser" in item.path.parts)


Cast = Callable[[str], Client]
GROUPS = {"front desk": FRONT_DESK, "editor": STAFF_EDITORS, "reviewer": CLINICAL_REVIEWERS}


@pytest.fixture
def sign_in(db: None) -> Cast:
    """A browser in which that member of the cast is signed in. The patient and the stranger have no sign-in."""

    def signed_in(who: str) -> Client:
        client = Client()
        if who in (*GROUPS, "owner"):
            user = User.objects.create_user(who.replace(" ", "-"), is_staff=True, is_superuser=who == "owner")
            user.groups.set(Group.objects.filter(name=GROUPS.get(who)))
            client.force_login(user)
        return client

    return signed_in
