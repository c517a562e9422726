"""What a person does in any engine. Names of links, buttons and fields are those that the person reads."""

from collections.abc import Callable
from typing import Any, TypeVar

from selenium.common import TimeoutException, WebDriverException
from selenium.webdriver.support.ui import WebDriverWait

from tests.browser.engines import Element, Engine

Found = TypeVar("Found")
PATIENCE = 20  # seconds that an expectation may take on a busy machine
POLL = 0.05  # seconds
LINK = '//a[contains(normalize-space(), "{}")]'
BUTTON = '//button[normalize-space() = "{0}"] | //input[@type = "submit" and @value = "{0}"]'
LABEL = '//label[contains(normalize-space(), "{}")]'
FIELD = f"//*[@id = {LABEL}/@for]"
SUMMARY = '//summary[contains(normalize-space(), "{}")]'
TEXT = "() => document.body.innerText.replace(/\\s+/g, ' ')"
MARK = "() => { document.documentElement.dataset.before = '' }"
REPLACED = "() => document.readyState === 'complete' && !('before' in document.documentElement.dataset)"
SCROLL = "element => element.scrollIntoView({block: 'center', behavior: 'instant'})"  # no engine waits for an animation


class Visitor:
    """A patient, the desk or an editor at a site."""

    def __init__(self, engine: Engine, url: str) -> None:
        self.engine = engine
        self.url = url

    def opens(self, path: str) -> None:
        self.engine.open(self.url + path)

    def signs_in(self, name: str, password: str) -> None:
        """Sign in as another person than before, on a computer that knows nobody."""
        self.engine.forget()
        self.opens("/admin/")
        self.fills("Username", name)
        self.fills("Password", password)
        self.presses("Log in")

    def follows(self, name: str) -> None:
        """Click the last link that contains `name`, and wait for the next page."""
        self.leaves_by(LINK.format(name))

    def presses(self, name: str) -> None:
        """Press the last button of that name, and wait for the next page."""
        self.leaves_by(BUTTON.format(name))

    def leaves_by(self, xpath: str) -> None:
        """Click the last of these elements. The page that follows may have the same address."""
        self.engine.run(MARK)
        self.clicks(xpath)
        self.waits(lambda: self.engine.run(REPLACED), f"No page follows {xpath}")

    def unfolds(self, summary: str) -> None:
        self.clicks(SUMMARY.format(summary))

    def ticks(self, label: str) -> None:
        self.clicks(LABEL.format(label))

    def fills(self, label: str, text: str) -> None:
        """Click a field, and type in place of what is in it."""
        field = self.clicks(FIELD.format(label))
        self.engine.run("field => field.select()", field)
        self.engine.type(text)

    def clicks(self, xpath: str) -> Element:
        """Click the last of these elements, and return it."""
        element = self.sees(xpath)
        self.engine.run(SCROLL, element)
        self.engine.click(element)
        return element

    def reads(self, words: str) -> None:
        """Wait for these words, with any white space between them."""
        self.waits(lambda: words in self.engine.run(TEXT), f"Nobody reads “{words}”")

    def sees(self, xpath: str) -> Element:
        """Return the last of these elements, once there is one."""
        return self.waits(lambda: self.engine.find(xpath), f"There is no {xpath}")[-1]

    def waits(self, until: Callable[[], Found], message: str) -> Found:
        """Return what `until` returns, once that is true. Otherwise say what the page says."""
        wait = WebDriverWait[Any](self.engine, PATIENCE, POLL, ignored_exceptions=[WebDriverException])
        try:
            return wait.until(lambda _: until())
        except TimeoutException as late:
            raise AssertionError(f"{message}:\n{self.engine.run(TEXT)}") from late
