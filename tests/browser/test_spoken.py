"""What a browser tells a screen reader, from an article to the confirmation and at the desk: kept in spoken/.

Whoever changes it on purpose writes it anew, and reads it: SPOKEN=write pytest tests/browser/test_spoken.py
"""

import datetime as dt
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from appointments.request_form.tokens import FASTEST
from tests.browser.test_patient_journey import when_the_front_desk_signs_in
from tests.serving import Site

KEPT = Path(__file__).parent / "spoken"
ARTICLE = "/articles/ketamine-and-chronic-pain-basics/"
SEND = "Ask for a consultation"
A_PERSON_TAKES = FASTEST / dt.timedelta(milliseconds=1)  # the desk is told of a form that was sent sooner
# What differs from day to day and from run to run.
DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
MOMENT = rf"{DAY}, [A-Z]\w+ \d+(?:, \d{{4}})?(?:, (?:\d+(?::\d\d)? [ap]\.m\.|noon|midnight))?"
CHANGING = {
    r"\b[A-Z0-9]{3}-[A-Z0-9]{3}\b": "(reference)",
    MOMENT: "(moment)",
    r'"?(?:Open|Closed) now.*': "(opening)",
    r", (?:open|closed) now": ", (opening)",
    r'(?<=link ")([A-Z][a-z ]+) \d+(?=":)': r"\1 (number)",  # a tab of the queue
}
URL = re.compile(r"^ *- /url: ")
# At the desk: what one can jump to. When somebody is free is for other tests.
STOPS = (
    "heading link button textbox searchbox combobox checkbox radio navigation main banner search columnheader region"
)
STOP = re.compile(rf"^ *- '?(?:{STOPS.replace(' ', '|')}|group|table)\b")
LEFT_OUT = re.compile(r'^ *- group "Free times":$')


@pytest.fixture
def phone(browser: Browser, base_url: str) -> Iterator[Page]:
    context = browser.new_context(base_url=base_url, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def spoken(*parts: Locator) -> list[str]:
    """Return the lines of the accessibility tree, without addresses and with words for what changes."""
    lines = [line for part in parts for line in part.aria_snapshot().splitlines() if not URL.match(line)]
    for pattern, words in CHANGING.items():
        lines = [re.sub(pattern, words, line) for line in lines]
    return lines


def stops(*parts: Locator) -> list[str]:
    """Return the lines of what somebody at the desk can jump to."""
    found, inside = [], -1  # the indent of a part that is left out
    for line in spoken(*parts):
        indent = len(line) - len(line.lstrip())
        inside = inside if 0 <= inside < indent else -1
        if inside < 0 and STOP.match(line):
            found.append(line)
        if inside < 0 and LEFT_OUT.match(line):
            inside = indent
    return found


def assert_kept(name: str, lines: list[str]) -> None:
    file = KEPT / f"{name}.txt"
    if os.environ.get("SPOKEN") == "write":
        file.write_text("\n".join(lines) + "\n")
    assert "\n".join(lines) == file.read_text().rstrip("\n")


def test_from_an_article_to_the_confirmation_and_at_the_desk(phone: Page, desk: BrowserContext, site: Site) -> None:
    phone.goto(ARTICLE)
    schedule = phone.get_by_role("region", name="Schedule a consultation")
    assert_kept("article", spoken(phone.get_by_role("banner"), schedule))
    schedule.get_by_role("link", name="Schedule a consultation").click()
    assert_kept("form", spoken(phone.get_by_role("main")))
    phone.get_by_role("button", name=SEND).click()
    assert_kept("errors", spoken(phone.locator(".error-summary"), phone.get_by_role("group", name="Please confirm")))
    phone.get_by_label("Full name").fill("Spo Ken")
    phone.get_by_label("E-mail address").fill("spo@example.com")
    phone.get_by_label("I am 18 or older").check()
    phone.wait_for_timeout(A_PERSON_TAKES)
    phone.get_by_role("button", name=SEND).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("We have your request")
    assert_kept("confirmation", spoken(phone.get_by_role("main")))
    page = when_the_front_desk_signs_in(desk, site)
    page.goto("/admin/appointments/consultationrequest/")
    tabs, search = page.get_by_role("navigation", name="Queue"), page.get_by_role("search")
    assert_kept("queue", stops(page.get_by_role("banner"), tabs, search, page.locator("#result_list thead")))
    page.get_by_role("link", name="Spo Ken").click()
    expect(page.get_by_role("button", name="Turn keys off")).to_be_visible()
    assert_kept("request", stops(page.get_by_role("main")))
