"""Request a page from Django inside the process, without cookie, session and client address."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class InternalResponse:
    status: str
    headers: Headers
    body: bytes


def get_page(django: Application, key: str, host: str, secure: bool) -> InternalResponse:
    """Return Django's response to a GET of `key`, a path with its query, on `host`."""
    started: list[Any] = []
    chunks = django(_environ(key, host, secure), lambda status, headers, *_: started.extend((status, headers)))
    try:
        body = b"".join(chunks)
        return InternalResponse(str(started[0]), list(started[1]), body)
    finally:
        getattr(chunks, "close", lambda: None)()


def _environ(key: str, host: str, secure: bool) -> Environ:
    path, _, query = key.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": host.partition(":")[0],
        "SERVER_PORT": "443" if secure else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": host,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if secure else "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
