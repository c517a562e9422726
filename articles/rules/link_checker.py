"""Check that external links still work. Only `check_content --links` uses the network."""

import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from articles.content.rule_ids import WARN
from articles.library import Library
from articles.rules.checks.links import find_links
from articles.rules.registry import Finding

RULE = "A27"
SECONDS = 10.0
AT_ONCE = 8
HEADERS = {"User-Agent": "Mozilla/5.0 (link check)"}  # some hosts answer only browsers
STATUSES_FOR_ROBOTS = {401, 403, 405, 406, 429, 999}  # the page exists, but the host rejects robots or wants a pause
Opener = Callable[[urllib.request.Request], int]


def open_page(request: urllib.request.Request) -> int:
    """Return the status of the response. Raises OSError if there is none."""
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 (find_outside lets https alone through)
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def check_outside(places: Mapping[str, tuple[str, int]], opener: Opener = open_page) -> Iterator[Finding]:
    """Yield a warning for each broken address; `places` maps addresses to a path and line that use them."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        problems = pool.map(lambda address: _link_problem(address, opener), places)
        for address, problem in zip(places, problems, strict=True):
            if problem:
                path, line = places[address]
                yield Finding(path, line, RULE, WARN, f"{address} {problem}.", "Correct it, or take it out.")


def find_outside(library: Library, paths: Iterable[str]) -> dict[str, tuple[str, int]]:
    """Map each external address to its first use: links in the pages at `paths`, and the sources they cite."""
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


def _link_problem(address: str, opener: Opener) -> str:
    """Return the problem with the address; "" if it works. Retry with GET if the host refuses HEAD."""
    status = 0
    for method in ("HEAD", "GET"):
        try:
            status = opener(urllib.request.Request(address, headers=HEADERS, method=method))  # noqa: S310 (as above)
        except (OSError, ValueError) as error:
            return f"cannot be reached ({type(error).__name__})"
        if status < 400:
            return ""
    return "" if status in STATUSES_FOR_ROBOTS else f"answers with {status}"
