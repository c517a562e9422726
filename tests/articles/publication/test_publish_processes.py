"""Publishing by processes of their own: killed, with an edit meanwhile, in another process.

They use no database of this process: a published page shows files alone.
"""

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import brotli
import pytest

from tests.content_builders import make_article, make_content
from tests.serving import ROOT, WarmStart, site_environment
from tests.soak import SOAK

MANY = pytest.mark.parametrize("many", [1, 200])  # pages, from which on several processes render them


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return make_content(tmp_path, walk=make_article(), rest=make_article(title="Rest", topics=["sleep"]))


@pytest.fixture
def environment(tmp_path: Path, content: Path, warm_start: WarmStart) -> dict[str, str]:
    """The environment of a process that publishes `content`."""
    var = tmp_path / "var"
    var.mkdir()
    warm_start.copy(var)
    others = {"CONTENT_DIR": str(content), "DJANGO_SETTINGS_MODULE": "clinic_site.settings"}
    return site_environment(var, f"sqlite:///{var / 'demo.sqlite3'}") | others


@MANY
def test_all_processes_render_the_same_snapshot(
    tmp_path: Path, content: Path, many: int, environment: dict[str, str]
) -> None:
    folder = tmp_path / "published"
    command = [sys.executable, "-m", "tests.clinic_site.content.late_edit", str(folder), str(content), str(many)]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert "Walking with a sore back" in (folder / "site/articles/walk/index.html").read_text()
    assert [path for path in (folder / "site").rglob("*.html") if "A late title" in path.read_text()] == []


@pytest.mark.server
def test_fingerprints_are_the_same_in_every_process() -> None:
    """Sets iterate in another order in another process."""
    code = (
        "import django; django.setup()\n"
        "from tests.articles.publication.test_publish import digests\n"
        "print(sorted(digests().items()))"
    )
    fingerprints = set()
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-W", "ignore", "-c", code]
        done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
        fingerprints.add(done.stdout)
    assert len(fingerprints) == 1


@pytest.mark.soak
@MANY
@pytest.mark.parametrize("last", [1, 3, 9, 30, 60] if SOAK else [1, 30])
def test_killed_at_any_rename_pages_are_complete_and_the_next_run_finishes(
    tmp_path: Path, last: int, many: int, environment: dict[str, str]
) -> None:
    folder = tmp_path / "published"
    command = [sys.executable, "-m", "tests.articles.publication.killed_publish", str(folder)]
    run = subprocess.run([*command, str(last), str(many)], cwd=ROOT, env=environment, capture_output=True)
    assert run.returncode == -signal.SIGKILL
    for path in (folder / "site").rglob("*.html"):
        assert path.read_text().rstrip().endswith("</html>")
    # No process of the first run still locks the folder.
    subprocess.run([*command, "0", str(many)], cwd=ROOT, env=environment, check=True, capture_output=True)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert all(entry["digest"] for entry in manifest.values())
    for entry in manifest.values():
        body = (folder / "site" / entry["file"]).read_bytes()
        assert gzip.decompress((folder / "site" / f"{entry['file']}.gz").read_bytes()) == body
        assert brotli.decompress((folder / "site" / f"{entry['file']}.br").read_bytes()) == body
    assert not [path for path in (folder / ".stage").rglob("*") if path.is_file()]
