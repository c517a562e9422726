"""Two more browsers, for what Chromium cannot show: WebKit, as on every iPhone, and Firefox.

Playwright drives neither of Debian's. WebKit has a WebDriver, for Selenium; Firefox speaks WebDriver BiDi, which is
JSON over a web socket. Either one is an Engine to the tests.
"""

import itertools
import json
import os
import re
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import websocket
from selenium.common import WebDriverException
from selenium.webdriver import ActionChains, WebKitGTK, WebKitGTKOptions, WebKitGTKService
from selenium.webdriver.common.by import By

from tests.serving import wait_until
from tests.tools import NO_FIREFOX, NO_WEBKIT, NO_XVFB, find_firefox, find_webkit, find_xvfb, need

Element = Any  # of the page that is open, as its engine names it
SCREEN = "1024x900x24"
PATIENCE = 60  # seconds that a browser may take to answer on a busy machine
BIDI = re.compile(r"WebDriver BiDi listening on (ws://\S+)\n")
# A profile without requests for settings, add-ons or updates.
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.update.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.systemAddon.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


class Engine(Protocol):
    """A browser with one window. What cannot be done raises WebDriverException, as while a page is replaced."""

    name: str

    def forget(self) -> None:
        """Forget who is signed in."""

    def open(self, address: str) -> None:
        """Return once the page is there."""

    def resize(self, width: int, height: int) -> None:
        """WebKit's window may stay wider than a phone, because its bar of buttons needs the room."""

    def find(self, xpath: str) -> list[Element]: ...

    def run(self, function: str, *elements: Element) -> Any:
        """Return what a JavaScript function returns for these elements, as JSON."""

    def click(self, element: Element) -> None:
        """Click the middle of an element on the screen."""

    def type(self, keys: str) -> None:
        """Type into what has the focus."""


class WebKit:
    """The Engine that Selenium drives."""

    name = "WebKit"

    def __init__(self, driver: WebKitGTK) -> None:
        self.driver = driver

    def forget(self) -> None:
        self.driver.delete_all_cookies()

    def open(self, address: str) -> None:
        self.driver.get(address)

    def resize(self, width: int, height: int) -> None:
        self.driver.set_window_size(width, height)

    def find(self, xpath: str) -> list[Element]:
        return self.driver.find_elements(By.XPATH, xpath)

    def run(self, function: str, *elements: Element) -> Any:
        return self.driver.execute_script(f"return ({function})(...arguments)", *elements)

    def click(self, element: Element) -> None:
        element.click()

    def type(self, keys: str) -> None:
        ActionChains(self.driver).send_keys(keys).perform()


class Firefox:
    """The Engine that is told what to do over a web socket."""

    name = "Firefox"

    def __init__(self, connection: websocket.WebSocket) -> None:
        self.connection = connection
        self.numbers = itertools.count(1)
        self.tell("session.new", capabilities={})
        # In the tab of the start, the bar of addresses has the focus.
        self.window = self.tell("browsingContext.create", type="tab")["context"]

    def tell(self, method: str, **parameters: Any) -> Any:
        number = next(self.numbers)
        self.connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        messages = (json.loads(self.connection.recv()) for _ in itertools.count())
        reply = next(message for message in messages if message.get("id") == number)
        if reply["type"] != "success":
            raise WebDriverException(reply["message"])
        return reply["result"]

    def forget(self) -> None:
        self.tell("storage.deleteCookies", partition={"type": "context", "context": self.window})

    def open(self, address: str) -> None:
        self.tell("browsingContext.navigate", context=self.window, url=address, wait="complete")

    def resize(self, width: int, height: int) -> None:
        self.tell("browsingContext.setViewport", context=self.window, viewport={"width": width, "height": height})

    def find(self, xpath: str) -> list[Element]:
        found = self.tell("browsingContext.locateNodes", context=self.window, locator={"type": "xpath", "value": xpath})
        return [{"sharedId": node["sharedId"]} for node in found["nodes"]]

    def run(self, function: str, *elements: Element) -> Any:
        reply = self.tell(
            "script.callFunction",
            functionDeclaration=f"async (...elements) => JSON.stringify(await ({function})(...elements) ?? null)",
            arguments=elements,
            target={"context": self.window},
            awaitPromise=True,
        )
        if reply["type"] != "success":
            raise WebDriverException(reply["exceptionDetails"]["text"])
        return json.loads(reply["result"]["value"])

    def click(self, element: Element) -> None:
        middle = {"type": "pointerMove", "x": 0, "y": 0, "origin": {"type": "element", "element": element}}
        self._perform("pointer", [middle, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}])

    def type(self, keys: str) -> None:
        """Return a frame later, because then the page scrolls to what was typed."""
        self._perform("key", [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")])
        self.run("() => new Promise(requestAnimationFrame)")

    def _perform(self, device: str, actions: list[dict[str, Any]]) -> None:
        source = {"type": device, "id": device, "actions": actions}
        self.tell("input.performActions", context=self.window, actions=[source])


@contextmanager
def webkit() -> Iterator[Engine]:
    """Start WebKit in a window on a display of its own."""
    server, driver = need(find_xvfb, NO_XVFB), need(find_webkit, NO_WEBKIT)
    with _display(server) as display:
        service = WebKitGTKService(driver, env={**os.environ, "DISPLAY": display, "GDK_BACKEND": "x11"})
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "setting remote_server_addr", DeprecationWarning)  # of Selenium itself
            browser = WebKitGTK(options=WebKitGTKOptions(), service=service)
        try:
            yield WebKit(browser)
        finally:
            browser.quit()


@contextmanager
def _display(server: str) -> Iterator[str]:
    command = [server, "-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield f":{process.stdout.readline().strip()}"
        finally:
            process.terminate()


@contextmanager
def firefox(folder: Path) -> Iterator[Engine]:
    """Start Firefox without a window, with a new profile in `folder`."""
    path = need(find_firefox, NO_FIREFOX)
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (folder / "user.js").write_text("".join(lines))
    command = [path, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0"]
    log = folder / "log"
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            wait_until(lambda: bool(BIDI.search(log.read_text())))
            address = f"{BIDI.findall(log.read_text())[0]}/session"
            with closing(websocket.create_connection(address, PATIENCE, suppress_origin=True)) as connection:
                yield Firefox(connection)
        finally:
            process.terminate()
