"""The hooks that the apps register, and the defaults without them."""

from clinic_site.hooks import Hooks, hooks
from tests.conftest import MONDAY_MORNING


def test_without_the_appointments_app_nothing_was_declined() -> None:
    assert Hooks().declined_by_article(MONDAY_MORNING) == {}


def test_the_apps_register_their_hooks() -> None:
    assert hooks.ready_checks
    assert hooks.start_checks
    assert hooks.address_finders
    assert hooks.wsgi_wrappers
    assert hooks.background_jobs
    assert "facts" in hooks.health_checks
