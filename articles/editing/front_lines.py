"""One key of the front matter as it stands in a file: texts in quotation marks, lists and small maps on one line."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import cast

from articles.documents import Reviewer

BARE = re.compile(r"[A-Za-z0-9][\w-]*", re.ASCII)  # needs no quotation marks in a list
BARE_VALUES = {
    **dict.fromkeys(("status", "license_state"), BARE),
    **dict.fromkeys(("published", "updated", "review_due", "on"), re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)),
    **dict.fromkeys(("publish_from", "publish_until"), re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", re.ASCII)),
}
ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What YAML takes for the end of a line, or does not take at all, besides what must be escaped anyway.
TO_ESCAPE = re.compile('["\\\\]|[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]')
Value = str | dt.date | Iterable[str] | Mapping[str, object] | Reviewer | None


def written(key: str, value: Value) -> str:
    """The line of a key, or the lines where it needs several."""
    if key == "accepted" and isinstance(value, Mapping):
        return "\n".join([f"{key}:", *(f"  {_word(rule)}: {_quoted(str(why))}" for rule, why in value.items())])
    return f"{key}: {_flow(key, value)}"


def _flow(key: str, value: object) -> str:
    if isinstance(value, Reviewer):
        return _flow(key, asdict(value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_word(name)}: {_flow(name, each)}" for name, each in value.items()) + "}"
    if isinstance(value, str | dt.date):
        text = value.isoformat(" ", "seconds") if isinstance(value, dt.datetime) else str(value)
        return text if key in BARE_VALUES and BARE_VALUES[key].fullmatch(text) else _quoted(text)
    return "[" + ", ".join(_words(cast("Iterable[str]", value))) + "]"


def _words(values: Iterable[str]) -> Iterator[str]:
    return (_word(value) for value in values)


def _word(text: str) -> str:
    return text if BARE.fullmatch(text) else _quoted(text)


def _quoted(text: str) -> str:
    return f'"{TO_ESCAPE.sub(_escaped, text)}"'


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character in ESCAPES:
        return ESCAPES[character]
    code = ord(character)
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"
