"""Static files are collected beside a running site: no file in use is ever missing."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import BaseCommand, CommandError, call_command
from pytest_django import Settings

from clinic_site.delivery import static_files
from clinic_site.delivery.static_files import MANIFEST, collect_static, static_state
from clinic_site.management.commands import gather_static
from tests.serving import ROOT

RULES = "a { color: red }\n" * 20  # long enough to compress
OTHERS = "b { color: red }\n" * 20


@pytest.fixture
def ours(settings: Settings, tmp_path: Path) -> Path:
    """Our static files without those of the admin, collected as in production."""
    folder = tmp_path / "ours"
    (folder / "css").mkdir(parents=True)
    (folder / "css" / "a.css").write_text(RULES)
    (folder / "css" / "b.css").write_text("p { background: url(../c.svg) }")
    (folder / "c.svg").write_text("<svg/>")
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "var" / "static"
    backend = "clinic_site.delivery.static_storage.StaticStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": backend}}
    return folder


@pytest.fixture
def root(ours: Path, settings: Settings) -> Path:
    """The folder after the first collection."""
    collect_static()
    return Path(settings.STATIC_ROOT)


@pytest.fixture
def gatherings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list with one entry per collection."""
    names: list[str] = []
    really = call_command

    def called(command: BaseCommand, **options: object) -> None:
        names.append(type(command).__module__)
        really(command, **options)

    monkeypatch.setattr(static_files, "call_command", called)
    return names


def named(root: Path) -> dict[str, str]:
    """Map names to names with a digest, from the manifest."""
    paths = json.loads((root / MANIFEST).read_text())["paths"]
    assert isinstance(paths, dict)
    return paths


def files(root: Path) -> dict[str, tuple[int, bytes]]:
    """Map names to inode and content of each file."""
    found = [path for path in root.rglob("*") if path.is_file()]
    return {path.relative_to(root).as_posix(): (path.stat().st_ino, path.read_bytes()) for path in found}


def test_files_are_hashed_and_compressed_without_leftovers(root: Path) -> None:
    hashed = named(root)["css/a.css"]
    assert {f"{hashed}{ending}" for ending in ("", ".gz", ".br")} <= files(root).keys()
    assert "css/a.css" not in files(root)  # which no page names
    assert Path(named(root)["c.svg"]).name in (root / named(root)["css/b.css"]).read_text()
    assert {path.name for path in root.parent.iterdir()} == {"static", "static.lock", "static.stamp"}


@pytest.fixture
def with_tokens(ours: Path) -> Path:
    """Our static files with a stylesheet for public pages that imports the tokens."""
    (ours / "css" / "site.css").write_text('/* Public. */\n@import "tokens.css";\np { color: var(--ink) }\n')
    (ours / "css" / "tokens.css").write_text(":root { --ink: #000 }\n")
    return ours


def test_a_public_page_needs_one_stylesheet(with_tokens: Path, settings: Settings) -> None:
    collect_static()
    root = Path(settings.STATIC_ROOT)
    text = "/* Public. */\n:root { --ink: #000 }\np { color: var(--ink) }\n"
    assert (root / named(root)["css/site.css"]).read_text() == text
    assert (root / named(root)["css/tokens.css"]).read_text() == ":root { --ink: #000 }\n"


def test_new_tokens_give_the_stylesheet_of_public_pages_a_new_name(with_tokens: Path, settings: Settings) -> None:
    collect_static()
    before = named(Path(settings.STATIC_ROOT))
    (with_tokens / "css" / "tokens.css").write_text(":root { --ink: #111 }\n")
    collect_static()
    assert named(Path(settings.STATIC_ROOT))["css/site.css"] != before["css/site.css"]


def test_a_dry_run_changes_no_file(with_tokens: Path) -> None:
    call_command("collectstatic", dry_run=True, interactive=False, verbosity=0)
    assert "@import" in (with_tokens / "css" / "site.css").read_text()


def test_unchanged_files_are_not_collected_again(root: Path, gatherings: list[str]) -> None:
    collect_static()
    assert gatherings == []


def test_changed_files_are_collected_and_files_in_use_stay(root: Path, ours: Path) -> None:
    before = files(root)
    hashed = named(root)["css/a.css"]
    (ours / "css" / "a.css").write_text(OTHERS)
    collect_static()
    after = files(root)
    assert after[named(root)["css/a.css"]][1].decode() == OTHERS
    assert {name: after[name] for name in before if hashed in name} == {
        name: before[name] for name in before if hashed in name
    }
    assert after[named(root)["c.svg"]] == before[named(root)["c.svg"]]  # the same inode, not a copy


def test_a_manifest_and_all_its_files_exist_at_every_moment(
    root: Path, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, moments = named(root), 0
    really = Path.replace

    def check() -> None:
        nonlocal moments
        moments += 1
        assert all((root / name).exists() for name in (*first.values(), *named(root).values()))

    def replaced(path: Path, place: Path) -> Path:
        check()
        done = really(path, place)
        check()
        return done

    monkeypatch.setattr(Path, "replace", replaced)
    (ours / "css" / "a.css").write_text(OTHERS)
    collect_static()
    assert named(root) != first
    assert moments > 5


@pytest.mark.parametrize("lost", [MANIFEST, "css/a.css", "../static.stamp", "folder"])
def test_deleted_files_are_created_again(root: Path, lost: str) -> None:
    before = files(root)
    shutil.rmtree(root) if lost == "folder" else (root / named(root).get(lost, lost)).unlink()
    collect_static()
    assert {name: text for name, (_, text) in files(root).items()} == {name: text for name, (_, text) in before.items()}


def test_a_manifest_of_another_program_is_replaced(root: Path) -> None:
    manifest = (root / MANIFEST).read_text()
    (root / MANIFEST).write_text(manifest.replace("css/a", "css/z"))
    collect_static()
    assert (root / MANIFEST).read_text() == manifest


def test_a_killed_run_leaves_no_state_that_the_next_trusts(
    root: Path, ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed just after the new manifest was written; then the code is reverted."""

    really = Path.replace

    def killed(path: Path, place: Path) -> Path:
        if place.suffix == ".stamp":
            raise KeyboardInterrupt
        return really(path, place)

    first = named(root)
    (ours / "css" / "a.css").write_text(OTHERS)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            collect_static()
    assert named(root) != first
    (ours / "css" / "a.css").write_text(RULES)
    collect_static()
    assert named(root) == first
    assert not root.with_suffix(".new").exists()


def test_the_state_distinguishes_names_from_contents(ours: Path) -> None:
    before = static_state()
    (ours / "c.svg").rename(ours / "c.sv")
    (ours / "c.sv").write_text("g<svg/>")
    assert static_state() != before


@pytest.fixture
def processes(tmp_path: Path) -> list[subprocess.Popen[str]]:
    """Three processes that collect at the same time into an empty folder."""
    environment = os.environ | {"DEMO": "on", "VAR_FOLDER": str(tmp_path)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "manage.py", "gather_static"]
    return [subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(3)]


@pytest.mark.server
def test_processes_take_turns(processes: list[subprocess.Popen[str]], tmp_path: Path) -> None:
    errors = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors
    root = tmp_path / "static"
    assert {"css/site.css", "admin/js/vendor/jquery/jquery.min.js"} <= named(root).keys()
    assert "admin/js/vendor/jquery/jquery.js" not in named(root)  # larger than all of ours, and never loaded
    assert all((root / name).exists() for name in named(root).values())


def test_the_command_collects_static_files(ours: Path, settings: Settings) -> None:
    call_command("gather_static")
    assert "css/a.css" in named(Path(settings.STATIC_ROOT))


def test_an_unwritable_disk_is_reported_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gather_static, "collect_static", full)
    with pytest.raises(CommandError, match=r"The static files cannot be gathered: .*No space left on device\.$"):
        call_command("gather_static")
