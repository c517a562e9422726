"""Publication of a whole library as files, compared with Pelican on the same texts."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.articles import Draft, write_content, write_pelican
from tests.bench.options import Options
from tests.bench.rows import NotMeasured, Row, Yardstick, at_most, not_measured, within
from tests.bench.servers import site_environment
from tests.serving import ROOT

PELICAN = ROOT / ".venv-bench" / "bin" / "pelican"
AGAIN = 2  # seconds: the goal for a second publication after one edit
GIVEN_UP = 180  # seconds: the timeout of each run
PELICAN_SETTINGS = """\
AUTHOR = "Nobody"
SITENAME = "A site to measure"
SITEURL = "http://127.0.0.1"
TIMEZONE = "America/New_York"
DEFAULT_LANG = "en"
DEFAULT_PAGINATION = 20
MARKDOWN = {
    "extensions": ["markdown.extensions." + name for name in
                   ("tables", "footnotes", "def_list", "abbr", "toc", "sane_lists", "smarty", "meta")],
    "output_format": "html5",
}
"""


def measure_publishing(options: Options, articles: Sequence[Draft], content: Path) -> Iterator[Row]:
    """Measure a cold publication beside Pelican, then a second one after an edit."""
    what = f"publishing {len(articles):,} articles"
    published = write_content(options.folder / "published", content, articles)
    cold = _publish(options, published)
    try:
        yield at_most(f"{what}, cold", cold, Yardstick("Pelican", _pelican(options, articles)), 1, "s")
    except NotMeasured as reason:
        yield not_measured(f"{what}, cold, beside Pelican", reason)
        yield within(f"{what}, cold", cold, None, "s")
    file = published / "articles" / f"{articles[0].slug}.md"
    file.write_text(f"{file.read_text()}\nOne more sentence.\n")
    yield within(f"{what} again, after one edit", _publish(options, published), AGAIN, "s")


def _publish(options: Options, content: Path) -> float:
    """Return the seconds of one `manage.py publish`; its caches are kept for the next run."""
    environment = site_environment(options.folder / "var-published", 8000, content=content)
    command = [sys.executable, "manage.py", "publish", str(options.folder / "files")]
    return _seconds(command, environment, options.folder / "publish.log")


def _pelican(options: Options, articles: Sequence[Draft]) -> float:
    if not PELICAN.exists():
        raise NotMeasured("Pelican was not found; `make bench` installs it")
    folder = options.folder / "pelican"
    write_pelican(folder / "content", articles)
    (folder / "settings.py").write_text(PELICAN_SETTINGS)
    command = [str(PELICAN), str(folder / "content"), "-o", str(folder / "output"), "-s", str(folder / "settings.py")]
    seconds = _seconds([*command, "--quiet"], {}, folder / "pelican.log")
    pages = len(list((folder / "output").glob("*.html")))
    shutil.rmtree(folder)
    if pages < len(articles):
        raise NotMeasured(f"Pelican made {pages:,} pages of {len(articles):,} articles")
    return seconds


def _seconds(command: list[str], environment: dict[str, str], log: Path) -> float:
    """Return the seconds that the command took. Raises NotMeasured if it failed or timed out."""
    name = Path(command[0]).name if command[0] != sys.executable else "manage.py publish"
    started = time.perf_counter()
    with log.open("ab") as file:
        try:
            subprocess.run(
                command, cwd=ROOT, env=os.environ | environment, stdout=file, stderr=file, check=True, timeout=GIVEN_UP
            )
        except subprocess.CalledProcessError as error:
            raise NotMeasured(f"{name} ended with status {error.returncode}") from error
        except subprocess.TimeoutExpired as error:
            raise NotMeasured(f"{name} took more than {GIVEN_UP} s") from error
    return time.perf_counter() - started
