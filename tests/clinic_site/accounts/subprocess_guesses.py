"""Guesses at one account on a database of its own: run by test_guesses.py in a subprocess.

All at once the guesses come from threads of one process, as they do in a served site.
"""

import json
import sys
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client

from tests.clinic_site.accounts.builders import PASSWORD, make_colleague
from tests.soak import often

AT_ONCE = 40
IN_TURN = often(40, 1000)
ONE = ["192.0.2.1"]
MANY = [f"198.51.{number // 250}.{number % 250 + 1}" for number in range(1000)]


class CountingHasher(MD5PasswordHasher):
    """Counter of the passwords that are hashed."""

    count = 0
    lock = threading.Lock()

    def encode(self, password: str, salt: str) -> str:
        with CountingHasher.lock:
            CountingHasher.count += 1
        return super().encode(password, salt)


def post(name: str, password: str, address: str) -> bool:
    """Return True if the sign-in form accepts the password."""
    form = {"login": name, "password": password}
    return Client(REMOTE_ADDR=address, HTTP_HOST="127.0.0.1").post("/admin/login/", form).status_code == 302


def guess(number: int, addresses: Sequence[str]) -> None:
    try:
        post("ana", f"guess {number}", addresses[number % len(addresses)])
    finally:
        connection.close()


def in_turn(numbers: Iterable[int], addresses: Sequence[str]) -> None:
    for number in numbers:
        guess(number, addresses)


def at_once(numbers: Iterable[int], addresses: Sequence[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda number: guess(number, addresses), numbers))


def guesses(manner: str, addresses: Sequence[str]) -> dict[str, int | bool]:
    """Guess many times. Return how many guesses reached the hasher, and whether a colleague signs in then."""
    cache.clear()
    CountingHasher.count = 0
    if manner == "in_turn":
        in_turn(range(IN_TURN), addresses)
    else:
        at_once(range(AT_ONCE), addresses)
    hashed = CountingHasher.count
    return {"hashed": hashed, "colleague": post("ben", PASSWORD, "203.0.113.5")}


def main() -> None:
    call_command("migrate", verbosity=0)
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    for name in ("ana", "ben"):
        make_colleague(name)
    outcome = {
        f"{manner} from {number}": guesses(manner, addresses)
        for manner in ("in_turn", "at_once")
        for number, addresses in (("one", ONE), ("many", MANY))
    }
    json.dump(outcome, sys.stdout)
