"""Two more browsers, for what Chromium cannot show: WebKit, as on every iPhone, and Firefox.

Playwright drives neither of Debian's. WebKit has a WebDriver, for Selenium; Firefox speaks WebDriver BiDi, which is
JSON over a web socket.
"""

import itertools
import json
import os
import re
import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import websocket
from selenium.webdriver import WebKitGTK, WebKitGTKOptions, WebKitGTKService

from tests.tools import NO_FIREFOX, NO_WEBKIT, NO_XVFB, find_firefox, find_webkit, find_xvfb, need

Evaluate = Callable[[str], Any]  # evaluates a JavaScript expression on an empty page
SCREEN = "1024x900x24"
PATIENCE = 60  # seconds that a browser may take to start on a busy machine
BIDI = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
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


@contextmanager
def webkit() -> Iterator[WebKitGTK]:
    """Start WebKit in a window on a display of its own."""
    server, driver = need(find_xvfb, NO_XVFB), need(find_webkit, NO_WEBKIT)
    with _display(server) as display:
        service = WebKitGTKService(driver, env={**os.environ, "DISPLAY": display, "GDK_BACKEND": "x11"})
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "setting remote_server_addr", DeprecationWarning)  # of Selenium itself
            browser = WebKitGTK(options=WebKitGTKOptions(), service=service)
        try:
            yield browser
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
def firefox(folder: Path) -> Iterator[Evaluate]:
    """Start Firefox without a window, with a new profile in `folder`."""
    path = need(find_firefox, NO_FIREFOX)
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items()]
    (folder / "user.js").write_text("".join(lines))
    command = [path, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            address = next(found[1] for line in process.stderr if (found := BIDI.search(line)))
            with closing(
                websocket.create_connection(f"{address}/session", PATIENCE, suppress_origin=True)
            ) as connection:
                yield _evaluate_over(connection)
        finally:
            process.terminate()


def _evaluate_over(connection: websocket.WebSocket) -> Evaluate:
    numbers = itertools.count(1)

    def answer(method: str, **parameters: Any) -> Any:
        number = next(numbers)
        connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        messages = (json.loads(connection.recv()) for _ in itertools.count())
        reply = next(message for message in messages if message.get("id") == number)
        assert reply["type"] == "success", reply
        return reply["result"]

    answer("session.new", capabilities={})
    target = {"context": answer("browsingContext.getTree")["contexts"][0]["context"]}

    def evaluate(expression: str) -> Any:
        script = f"JSON.stringify({expression})"
        reply = answer("script.evaluate", expression=script, target=target, awaitPromise=False)
        return json.loads(reply["result"]["value"])

    return evaluate
