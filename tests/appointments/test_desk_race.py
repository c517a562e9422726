"""Sixteen concurrent posts for one request on the real server."""

import http.client
import re
import threading
from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from appointments.desk.request.step_forms import ScheduleForm
from appointments.models import ConsultationRequest
from tests.appointments.builders import next_visit
from tests.inside import run_inside
from tests.serving import Serving, Site

pytestmark = pytest.mark.remote  # not measured: other tests reach the branches of the desk's views
SEE_OTHER = 303
Answers = dict[str, list[tuple[int, str]]]  # kind of step: status and page that each person got
_at, _office = next_visit(timezone.now())
VISIT = ScheduleForm.values_of(ConsultationRequest(visit_at=_at, visit_office=_office))
CSRF = "x" * 32  # cookie and field match, as Django requires
ANSWERS: dict[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "move": lambda person: {"to": "closed"},
    "schedule": lambda person: VISIT,
    "attempt": lambda person: {"outcome": "no_answer"},
    "assign": lambda person: {"colleague": person["name"]},
    "decline": lambda person: {"because": "no_room"},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, serving: Serving) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("crew"), web_only=True) as site:
        site.fetch("/readyz")
        yield site


@pytest.fixture(scope="module")
def crew(site: Site) -> Any:
    return run_inside(site.var, site.database_url, "tests.appointments.actors")


def press(site: Site, pk: int, kind: str, person: dict[str, str]) -> tuple[int, str]:
    """Post a step and follow the redirect. Return status and page."""
    page = f"/admin/appointments/consultationrequest/{pk}/change/"
    step = f"/admin/appointments/consultationrequest/{pk}/step/{kind}/"
    data = {"version": 0, "csrfmiddlewaretoken": CSRF, **ANSWERS[kind](person)}
    cookies = {"sessionid": person["session"], "csrftoken": CSRF}
    status, cookies, text = browse(site, "POST", step, cookies, urlencode(data))
    return browse(site, "GET", page, cookies)[::2] if status == SEE_OTHER else (status, text)


def browse(
    site: Site, method: str, path: str, cookies: dict[str, str], body: str | None = None
) -> tuple[int, dict[str, str], str]:
    """Return status, updated cookies, and page."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    connection.request(method, path, body, {"Cookie": header, "Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    new = SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie", [])))
    text = answer.read().decode()
    connection.close()
    return answer.status, cookies | {name: morsel.coded_value for name, morsel in new.items()}, text


def all_press(site: Site, pk: int, kind: str, people: list[dict[str, str]]) -> list[tuple[int, str]]:
    gate = threading.Barrier(len(people))
    answers: list[tuple[int, str]] = []

    def one(person: dict[str, str]) -> None:
        gate.wait()
        answers.append(press(site, pk, kind, person))

    threads = [threading.Thread(target=one, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def message(html: str) -> tuple[str, str]:
    """Return kind and text of the message on top of the page."""
    found = re.search(r'<li class="(success|warning)">(.*?)</li>', html, re.DOTALL)
    assert found is not None
    return found[1], found[2]


@pytest.fixture(scope="module")
def answers(site: Site, crew: Any) -> Answers:
    """The answers to steps that all press at once."""
    return {kind: all_press(site, crew["requests"][kind], kind, crew["people"]) for kind in ANSWERS}


@pytest.fixture(scope="module")
def winners(site: Site, crew: Any, answers: Answers) -> dict[str, list[str]]:
    """Map the kinds of steps to the names of those whose step was recorded."""
    events = run_inside(site.var, site.database_url, "tests.appointments.actors", "events")
    return {kind: [name for pk, _, name in events if pk == crew["requests"][kind]] for kind in ANSWERS}


@pytest.mark.parametrize("kind", ANSWERS)
def test_one_wins_the_others_see_a_conflict_and_no_request_fails(
    crew: Any, answers: Answers, winners: dict[str, list[str]], kind: str
) -> None:
    assert [status for status, _ in answers[kind]] == [200] * len(crew["people"])
    messages = [message(html) for _, html in answers[kind]]
    assert sorted(level for level, _ in messages) == ["success"] + ["warning"] * (len(messages) - 1)
    (winner,) = winners[kind]
    assert all("it changed meanwhile" in text and winner in text for level, text in messages if level == "warning")
