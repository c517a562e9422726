"""The site in three browser engines: they know the styles, and a patient can send a request."""

import json
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from playwright.sync_api import Browser
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser import engines
from tests.browser.engines import Evaluate
from tests.browser.stylesheets import read_demands
from tests.browser.test_tables import HIDDEN

Found = TypeVar("Found")
PATIENCE = 20  # seconds that an expectation may take on a busy machine
# Styles that a browser may ignore without harm: for page breaks in print, and for text that phones enlarge.
DISPENSABLE = {"orphans", "widows", "text-size-adjust"}
JUDGE = """(([styles, selectors, queries]) => [
    styles.map(([property, value]) => CSS.supports(property, value)),
    selectors.map(selector => CSS.supports(`selector(${selector})`)),
    queries.map(query => matchMedia(query).media !== 'not all'),
])"""

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def webkit() -> Iterator[WebKitGTK]:
    with engines.webkit() as driver:
        yield driver


@pytest.fixture(params=["chromium", "firefox", "webkit"])
def evaluate(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evaluate]:
    """Yield a function that evaluates JavaScript, for one engine after another."""
    if request.param == "firefox":
        with engines.firefox(tmp_path_factory.mktemp("firefox")) as evaluate:
            yield evaluate
    elif request.param == "webkit":
        driver: WebKitGTK = request.getfixturevalue("webkit")
        yield lambda expression: driver.execute_script(f"return {expression}")
    else:
        browser: Browser = request.getfixturevalue("browser")
        page = browser.new_page()
        yield page.evaluate
        page.close()


def test_every_engine_knows_the_stylesheets(evaluate: Evaluate) -> None:
    demands = read_demands()
    styles, selectors, queries = sorted(demands.styles, key=str), sorted(demands.selectors), sorted(demands.queries)
    questions = json.dumps([[(style.name, style.value) for style in styles], selectors, queries])
    style_answers, selector_answers, query_answers = evaluate(f"{JUDGE}({questions})")
    answers = list(zip(styles, style_answers, strict=True))
    spelled = {(style.place, style.plain_name) for style, known in answers if known}
    assert [
        style
        for style, known in answers
        if not (known or style.plain_name in DISPENSABLE)
        if not (style.may_be_left_out and (style.place, style.plain_name) in spelled)
    ] == []
    assert [selector for selector, known in zip(selectors, selector_answers, strict=True) if not known] == []
    assert [query for query, known in zip(queries, query_answers, strict=True) if not known] == []


class Patient:
    """A patient on an iPhone, as far as the engine goes."""

    def __init__(self, driver: WebKitGTK, url: str) -> None:
        self.driver = driver
        self.url = url

    def opens(self, path: str) -> None:
        self.driver.get(self.url + path)

    def follows(self, text: str) -> None:
        """Click the last link that contains `text`, and wait for another page."""
        before = self.driver.current_url
        self.presses(self.sees(By.PARTIAL_LINK_TEXT, text)[-1])
        self.waits(lambda driver: driver.current_url != before)

    def ticks(self, label: str) -> None:
        self.presses(self.sees(By.XPATH, f'//label[contains(normalize-space(), "{label}")]')[0])

    def types(self, label: str, text: str) -> None:
        name = self.sees(By.XPATH, f'//label[contains(normalize-space(), "{label}")]')[0].get_attribute("for")
        self.sees(By.ID, name or "")[0].send_keys(text)

    def presses(self, element: WebElement) -> None:
        """Scroll to the element without animation, which the driver would not wait for, and click."""
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element)
        element.click()

    def sees(self, by: str, what: str) -> list[WebElement]:
        return self.waits(lambda driver: driver.find_elements(by, what))

    def waits(self, until: Callable[[WebKitGTK], Found]) -> Found:
        return WebDriverWait(self.driver, PATIENCE).until(until)


@pytest.fixture
def patient(webkit: WebKitGTK, base_url: str) -> Patient:
    return Patient(webkit, base_url)


def test_glossary_terms_and_search_hits_are_underlined_in_webkit(patient: Patient) -> None:
    patient.opens("/articles/ketamine-and-chronic-pain-basics/")
    terms = patient.sees(By.CSS_SELECTOR, "button.term")
    assert {term.value_of_css_property("text-decoration-style") for term in terms} == {"dotted"}
    assert {term.value_of_css_property("text-decoration-line") for term in terms} == {"underline"}
    patient.opens("/search/?q=side+effects")
    marks = patient.sees(By.CSS_SELECTOR, "mark")
    assert {mark.value_of_css_property("text-decoration-line") for mark in marks} == {"underline"}


def test_tables_are_cards_with_nothing_hidden_in_webkit(patient: Patient) -> None:
    patient.opens("/articles/weighing-ketamine-with-pain-medicine/")
    patient.driver.set_window_size(390, 844)  # the window may be wider, because its bar of buttons needs the room
    assert patient.driver.execute_script("return document.querySelectorAll('td').length") > 0
    assert patient.driver.execute_script(f"return ({HIDDEN})()") == []
    cell = patient.sees(By.CSS_SELECTOR, ".table-box td")[0]
    assert cell.value_of_css_property("display") == "block"


def test_a_patient_gets_from_the_home_page_to_a_reference_in_webkit(patient: Patient) -> None:
    patient.opens("/")
    patient.follows("Ketamine and long-term pain: the basics")
    patient.follows("Schedule a consultation")
    patient.types("Full name", "Iva Webkit")
    patient.types("Phone number", "727.555.0198")
    patient.presses(patient.sees(By.XPATH, '//summary[contains(normalize-space(), "Good times")]')[0])
    patient.ticks("Morning")
    patient.ticks("I am 18 or older")
    patient.presses(patient.sees(By.CSS_SELECTOR, "main form .button")[-1])
    reference = patient.sees(By.CLASS_NAME, "reference")[0].text
    assert re.fullmatch("[A-Z0-9]{3}-[A-Z0-9]{3}", reference)
