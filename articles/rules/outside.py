"""Asks whether the outside pages we link to still answer. `check_content --links` alone uses the network."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from articles.library import Library
from articles.rules.levels import WARN
from articles.rules.links import find_links
from articles.rules.registry import Finding

RULE = "A27"
SECONDS = 10.0
AT_ONCE = 8
ASKED_AS = {"User-Agent": "Mozilla/5.0 (link check)"}  # some hosts answer nobody else
NOT_FOR_ROBOTS = {401, 403, 405, 406, 429, 999}  # the page is there, and asks for a person or a pause
Opener = Callable[[urllib.request.Request], int]


def open_page(request: urllib.request.Request) -> int:
    """The status of the answer. Raises OSError where there is none."""
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 (find_outside lets https alone through)
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def check_outside(places: Mapping[str, tuple[str, int]], opener: Opener = open_page) -> Iterator[Finding]:
    """A warning for each address that does not answer; `places` holds the path and line that name it."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for address, told in zip(places, pool.map(lambda each: _told(each, opener), places), strict=True):
            if told:
                path, line = places[address]
                yield Finding(path, line, RULE, WARN, f"{address} {told}.", "Correct it, or take it out.")


def find_outside(library: Library, paths: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Address -> the first place that names it: links of the pages at `paths`, and the sources these cite."""
    places: dict[str, tuple[str, int]] = {}
    for document in (library.documents[path] for path in paths):
        for link in find_links(document.body):
            if link.target.startswith("https://"):
                places.setdefault(link.target, (document.path, document.body_line + link.line - 1))
        for key in sorted(document.cites):
            address = library.shared.sources[key].url
            if address:
                places.setdefault(address, (document.path, document.line_of.get("sources", 1)))
    return places


def _told(address: str, opener: Opener) -> str:
    """What is wrong with the address; "" when it answers. A host that refuses HEAD is asked with GET."""
    status = 0
    for method in ("HEAD", "GET"):
        try:
            status = opener(urllib.request.Request(address, headers=ASKED_AS, method=method))  # noqa: S310 (as above)
        except (OSError, ValueError) as error:
            return f"cannot be reached ({type(error).__name__})"
        if status < 400:
            return ""
    return "" if status in NOT_FOR_ROBOTS else f"answers with {status}"
