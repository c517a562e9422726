"""A library of thousands of articles: its start, its memory, an edit, its lists, its search, its publication."""

import datetime as dt
import itertools
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.articles import drafts, stock_of, write_content
from tests.bench.memory import largest_process
from tests.bench.options import Options
from tests.bench.publish import measure_publishing
from tests.bench.rows import NotMeasured, Row, Yardstick, at_most, figure, not_measured, within
from tests.bench.sentences import CHOICES
from tests.bench.servers import Running, Server, our_site
from tests.serving import ROOT

SMALL = 100  # articles in the library that the large one is compared with
WARM, COLD, SEEN, SEARCHED, MEMORY = 4, 15, 2, 20, 300  # the goals: seconds, seconds, seconds, milliseconds, megabytes
FLAT = 2  # factor over the small library: flat within the noise
GIVEN_UP = 150  # seconds before a start is abandoned
TRIES = 15
QUERIES = [f"{one} {other}" for one, other in zip(CHOICES["creature"], CHOICES["place"], strict=False)]
LISTS = {
    "the home page": "/",
    "the index": "/articles/",
    "a topic": "/topics/deciding/",
    "the sitemap": "/sitemap.xml",
    "an article": "",  # the newest; its path is computed
}


def measure(options: Options) -> Iterator[Row]:
    """Measure starts first: all other figures need one."""
    today = dt.datetime.now(dt.UTC).date()
    content = ROOT / "content"
    stock = stock_of(content)
    large, small = options.folder / "large", options.folder / "small"
    articles = list(drafts(options.articles, stock, today))
    write_content(large, content, articles)
    write_content(small, content, articles[:SMALL])
    newest = max(articles, key=lambda article: (article.published, article.slug)).slug
    try:
        yield from _library(options, large, small, f"/articles/{newest}/", f"/articles/{articles[0].slug}/")
    except NotMeasured as reason:
        yield not_measured(f"{options.articles:,} articles, the rest", f"{reason}; try --articles 1000")
    yield from measure_publishing(options, articles[: options.published], content)


def _library(options: Options, large: Path, small: Path, newest: str, first: str) -> Iterator[Row]:
    name = f"{options.articles:,} articles"
    with _serving(options, large) as (_, seconds):
        yield within(f"{name}, start to first article, cold", seconds, COLD, "s")
    with _serving(options, small) as (beside, _), _serving(options, large) as (site, seconds):
        yield within(f"{name}, start to first article, warm", seconds, WARM, "s")
        yield from _memory(name, site)
        yield from _search(name, site, beside)  # first, so that building the index does not disturb the lists
        yield from _lists(name, site, beside, newest, first)
        yield from _edits(options, name, site, beside, first)
        yield from _memory(f"{name}, after all this", site)


@contextmanager
def _serving(options: Options, content: Path) -> Iterator[tuple[Server, float]]:
    """Run the site on that content; yield it and its start time. Its caches survive until the next start."""
    wanted = Running(options.folder / f"var-{content.name}", content=content, patience=GIVEN_UP)
    with our_site(wanted) as site:
        first = next((content / "articles").iterdir()).stem
        yield site, site.wait_for(f"/articles/{first}/", GIVEN_UP)


def _memory(name: str, site: Server) -> Iterator[Row]:
    resident, proportional = largest_process(site.process.pid)
    yield within(f"{name}, memory of the largest process (its own part: {proportional:.0f} MB)", resident, MEMORY, "MB")


def _lists(name: str, site: Server, beside: Server, newest: str, first: str) -> Iterator[Row]:
    """Yield median milliseconds of each list; the two libraries take turns."""
    for what, path in LISTS.items():
        ours, small = [], []
        for _ in range(TRIES):
            ours.append(_milliseconds(site, path or newest))
            small.append(_milliseconds(beside, path or first))
        yardstick = Yardstick(f"{SMALL} articles", statistics.median(small))
        yield at_most(f"{name}, {what}", statistics.median(ours), yardstick, FLAT)


def _milliseconds(site: Server, path: str) -> float:
    started = time.perf_counter()
    answer = site.get(path)
    if answer.status != 200:
        raise NotMeasured(f"{path} answered {answer.status}")
    return (time.perf_counter() - started) * 1000


def _search(name: str, site: Server, beside: Server) -> Iterator[Row]:
    paths = [f"/search/?q={query.replace(' ', '+')}" for query in QUERIES]
    ready = site.wait_for(paths[0], GIVEN_UP)
    yield within(f"{name}, search is ready after a start whose index nobody has kept", ready, None, "s")
    beside.wait_for(paths[0], GIVEN_UP)
    small = statistics.median(_milliseconds(beside, path) for path in paths)
    ours = statistics.median(_milliseconds(site, path) for path in paths)
    yield within(f"{name}, search, median", ours, SEARCHED, "ms", Yardstick(f"{SMALL} articles", small))


def _edits(options: Options, name: str, site: Server, beside: Server, path: str) -> Iterator[Row]:
    """Yield seconds until an edit shows, and the slowest response to a reader of the page until then."""
    ours, small, slowest = [], [], 0.0
    for number in range(options.rounds):
        seconds, slow = _edit(site, options.folder / "large", path, f"wellspring{number}")
        ours.append(seconds)
        slowest = max(slowest, slow)
        small.append(_edit(beside, options.folder / "small", path, f"wellspring{number}")[0])
    yardstick = Yardstick(f"{SMALL} articles", statistics.median(small))
    yield within(f"{name}, one edit shows after", statistics.median(ours), SEEN, "s", yardstick)
    yield Row(f"{name}, slowest answer while it is taken in", figure(slowest, "ms"))


def _edit(site: Server, content: Path, path: str, word: str) -> tuple[float, float]:
    """Add `word` to the article by replacing its file, as text editors do. Return seconds and slowest milliseconds."""
    file = content / "articles" / f"{path.split('/')[-2]}.md"
    draft = file.with_name(f".{file.name}")
    draft.write_text(f"{file.read_text()}\nA new word: {word}.\n")
    started = time.monotonic()
    draft.replace(file)
    slowest = 0.0
    for _ in itertools.takewhile(lambda _: time.monotonic() - started < GIVEN_UP, itertools.count()):
        before = time.monotonic()
        shown = word.encode() in site.get(path, GIVEN_UP).body
        slowest = max(slowest, (time.monotonic() - before) * 1000)
        if shown:
            return time.monotonic() - started, slowest
        time.sleep(0.01)
    raise NotMeasured(f"an edit did not show within {GIVEN_UP} s")
