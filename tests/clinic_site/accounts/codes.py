"""Codes of an authenticator app, as a phone computes them (RFC 6238)."""

import base64
import hmac
import time


def app_code(secret: str) -> str:
    """Return the code that an app with this key shows now."""
    step = int(time.time() // 30).to_bytes(8)
    digest = hmac.digest(base64.b32decode(secret), step, "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF
    return f"{number % 10**6:06}"
