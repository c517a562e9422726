"""Clients that post forms to a server that may be killed: they repeat a form until it is confirmed."""

import datetime as dt
import http.client
import random
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.utils import timezone

from appointments.request_form import tokens
from tests.appointments.builders import make_form_data
from tests.nginx import SENDER
from tests.soak import SOAK

SEE_OTHER = 303
PATIENCE = 10  # seconds for one answer
READING_TIME = dt.timedelta(minutes=1)
PAUSE = 0.05  # seconds before the next try
BETWEEN = 0 if SOAK else 0.1  # seconds between two forms: full load would take the processors of other tests


def some_address() -> str:
    """Return a random client address, because nginx limits requests per address."""
    return ".".join(["10", *(str(random.randrange(256)) for _ in range(3))])  # noqa: S311 (chance, not a secret)


@dataclass
class Senders:
    """`port`: the current port of the server. `confirmed`: the names on confirmed forms.

    `crowd` distinguishes the names from those of other senders to the same site.
    """

    port: int = 0
    confirmed: list[str] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    pause: float = BETWEEN
    crowd: str = field(default_factory=lambda: secrets.token_hex(4))

    @contextmanager
    def at_work(self, count: int) -> Iterator[None]:
        threads = [threading.Thread(target=self._send_one_after_the_other, args=[number]) for number in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stopping.set()
            for thread in threads:
                thread.join()

    def _send_one_after_the_other(self, sender: int) -> None:
        number = 0
        while not self.stopping.is_set():
            name = f"Sender {sender} form {number} of {self.crowd}"
            token = tokens.issue(timezone.now() - READING_TIME)
            form = make_form_data(name=name, email=f"sender{sender}-{number}-{self.crowd}@example.com", token=token)
            if self._is_confirmed(form):
                self.confirmed.append(name)
                number += 1
                self.stopping.wait(self.pause)

    def _is_confirmed(self, form: dict[str, object]) -> bool:
        """Post the form until it is confirmed. Return False if all clients must stop."""
        while not self.stopping.is_set():
            with suppress(OSError, http.client.HTTPException):
                if self._post(form) == SEE_OTHER:
                    return True
            self.stopping.wait(PAUSE)
        return False

    def _post(self, form: dict[str, object]) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
                SENDER: some_address(),
            }
            connection.request("POST", "/consultation/", urlencode(form), headers)
            return connection.getresponse().status
        finally:
            connection.close()
