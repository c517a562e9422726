"""Log lines that name the path and the fault, and hold nothing that a patient typed."""

import logging
import re
import traceback
from collections.abc import Iterator
from copy import copy
from types import TracebackType

# What follows the first name below /consultation/ is a token, which opens a patient's page; so does /preview/ a draft.
TOKEN = re.compile(r"(/consultation/[^/\s]+/|/preview/)[^/\s]+")
QUERY = re.compile(r"(/[^\s?]*)\?\S+")  # the desk searches by name
POOL = "psycopg.pool"  # speaks of connections alone, never of what is asked on them: no patient's words
REFUSED = "django.security"  # the loggers of what Django did not let in: a wrong host name, too many fields
REFUSED_LENGTH = 200  # characters

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PrivateFormatter(logging.Formatter):
    """Shows an exception by its type and its frames, and a path without token and query string.

    An exception's text is left out, because a database puts the row that it refused into it; only why there is no
    connection to one is told. What Django did not let in is one short line: it is no fault of ours, and whoever sends
    such requests must not fill the disk with them.
    """

    def format(self, record: logging.LogRecord) -> str:
        private = _without_texts(record)
        line = super().format(_short(private) if record.name.startswith(REFUSED) else private)
        return QUERY.sub(r"\1?…", TOKEN.sub(r"\1…", line))

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 (the name that logging calls)
        """The first fault first, and below it those that it led to."""
        return "\n".join(reversed([_fault(error) for error in _chain(ei[1])]))


def _without_texts(record: logging.LogRecord) -> logging.LogRecord:
    """A copy in which exceptions that stand in the message are named by their type."""
    private = copy(record)
    private.exc_text = None  # another handler's formatter may have left the whole text here
    shown = _said if record.name == POOL else _named
    private.msg = shown(record.msg)
    if isinstance(record.args, tuple):
        private.args = tuple(map(shown, record.args))
    return private


def _short(private: logging.LogRecord) -> logging.LogRecord:
    text = private.getMessage()
    private.msg = f"{text[:REFUSED_LENGTH]}…" if len(text) > REFUSED_LENGTH else text
    private.args = private.exc_info = None
    return private


def _said(value: object) -> object:
    """An exception with its text, on one line. PostgreSQL's driver puts no password into it."""
    return f"{_name(value)}: {' '.join(str(value).split())}" if isinstance(value, BaseException) else value


def _named(value: object) -> object:
    return _name(value) if isinstance(value, BaseException) else value


def _name(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _fault(error: BaseException) -> str:
    return "".join(["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__), _name(error)])


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and what it came from, the latest first; each once, though a chain may run in a circle."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
