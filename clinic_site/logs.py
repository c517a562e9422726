"""Format log lines: the path and the fault, and nothing that a patient typed."""

import logging
import re
import traceback
from collections.abc import Iterator
from copy import copy
from types import TracebackType

# The second part of a path below /consultation/ is the token of a patient's page, the first below /preview/ of a draft.
TOKEN = re.compile(r"(/consultation/[^/\s]+/|/preview/)[^/\s]+")
QUERY = re.compile(r"(/[^\s?]*)\?\S+")  # the desk searches by name
POOL = "psycopg.pool"  # logs connections only, never queries: no patient data
REFUSED = "django.security"  # loggers of refused requests: a wrong host name, too many fields
REFUSED_LENGTH = 200  # characters

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PrivateFormatter(logging.Formatter):
    """Formatter that shows an exception by its type and frames, and a path without token and query string.

    The text of an exception is left out, because a database error may contain the refused row; only the reason for a
    missing connection is shown. A request that Django refused gets one short line, so that such requests cannot fill
    the disk. Control characters become spaces: a message quotes what a browser sent, which must not look like a line.
    """

    def format(self, record: logging.LogRecord) -> str:
        private = _on_one_line(_without_texts(record))
        line = super().format(_short(private) if record.name.startswith(REFUSED) else private)
        return QUERY.sub(r"\1?…", TOKEN.sub(r"\1…", line))

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 (overrides logging's name)
        """Format the root cause first and the exceptions that it led to below it."""
        return "\n".join(reversed([_fault(error) for error in _chain(ei[1])]))


def _without_texts(record: logging.LogRecord) -> logging.LogRecord:
    """Return a copy of the record in which the message shows exceptions by their type."""
    private = copy(record)
    private.exc_text = None  # another formatter may have cached the full text
    shown = _with_text if record.name == POOL else _type_only
    private.msg = shown(record.msg)
    if isinstance(record.args, tuple):
        private.args = tuple(map(shown, record.args))
    return private


def _on_one_line(private: logging.LogRecord) -> logging.LogRecord:
    private.msg = "".join(char if char.isprintable() else " " for char in private.getMessage())
    private.args = None
    return private


def _short(private: logging.LogRecord) -> logging.LogRecord:
    if len(private.msg) > REFUSED_LENGTH:
        private.msg = f"{private.msg[:REFUSED_LENGTH]}…"
    private.exc_info = None
    return private


def _with_text(value: object) -> object:
    """Return an exception with its text, on one line. PostgreSQL's driver puts no password into the text."""
    return f"{_name(value)}: {' '.join(str(value).split())}" if isinstance(value, BaseException) else value


def _type_only(value: object) -> object:
    return _name(value) if isinstance(value, BaseException) else value


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _fault(error: BaseException) -> str:
    return "".join(["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__), _name(error)])


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the exception and its causes, the latest first; each once, because a chain may be circular."""
    visited: set[int] = set()
    while error is not None and id(error) not in visited:
        visited.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
