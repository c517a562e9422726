"""Each part of the site reports its faults: to monitoring, to a load balancer, and to whoever signs in."""

import os
import shutil
import time
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from pytest_django import Settings

from articles.library import get_library
from clinic_site.monitoring import heartbeats
from clinic_site.monitoring.health import faults, sentences
from clinic_site.monitoring.heartbeats import beat, last_beat
from clinic_site.var_folder import VAR_FOLDER
from tests.clinic_site.broken_facts import break_facts, content, start_anew
from tests.conftest import Cast
from tests.content_builders import make_content

__all__ = ["content"]  # used as a fixture

HOUR = 3600


def silence(name: str, seconds: float) -> None:
    """Set the last sign of life of `name` to `seconds` ago."""
    beat(name)
    os.utime(heartbeats.file_of(name), times=(time.time() - seconds,) * 2)


class TestFacts:
    def test_a_fault_is_reported_at_once(self, content: Path) -> None:
        break_facts(content)
        start_anew()
        (line,) = sentences()
        assert line.startswith("content/clinic.yaml:")
        assert line.endswith("Until it is mended, the facts from before are in use.")

    def test_facts_that_were_never_valid_are_reported(self, settings: Settings, tmp_path: Path) -> None:
        settings.CONTENT_DIR = make_content(tmp_path)
        break_facts(Path(settings.CONTENT_DIR))
        assert sentences()[0].endswith("No page can be shown until it is mended.")

    def test_a_shared_file_without_a_copy_is_reported_and_an_article_is_not(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        content = settings.CONTENT_DIR = make_content(tmp_path)
        break_facts(content, "topics.yaml")
        (content / "articles").mkdir(exist_ok=True)
        (content / "articles" / "odd.md").write_text("No front matter")
        start_anew()
        (line,) = sentences()
        assert line.startswith("content/topics.yaml:")
        assert "from before" not in line


class TestProcesses:
    @pytest.mark.parametrize(("name", "unit"), [("publisher", "clinic-publish"), ("mail", "clinic-mail")])
    def test_a_dead_process_is_reported(self, name: str, unit: str) -> None:
        assert faults()[name] == []
        silence(name, 30)
        assert faults()[name] == []
        silence_again = time.time() - HOUR
        os.utime(heartbeats.file_of(name), times=(silence_again, silence_again))
        (line,) = faults()[name]
        assert line.startswith(f"{unit} has not done its work for more than 2 minutes: ")

    def test_the_publishers_sign_of_life_is_the_time_of_its_manifest(self, tmp_path: Path) -> None:
        manifest = tmp_path / "manifest.json"
        manifest.write_text("{}")
        beat("publisher", manifest)
        os.utime(manifest, times=(0, 0))
        assert last_beat("publisher") == 0
        manifest.unlink()
        assert last_beat("publisher") == 0
        assert faults()["publisher"]

    def test_a_sign_of_life_is_not_written_at_every_call(self, tmp_path: Path) -> None:
        beat("mail")
        os.utime(heartbeats.file_of("mail"), times=(0, 0))
        beat("mail")
        assert last_beat("mail") == 0

    def test_an_unwritable_disk_stops_no_process(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setattr(heartbeats, "FOLDER", tmp_path / "file")
        beat("mail")
        assert last_beat("mail") is None


class TestMachine:
    def test_a_full_disk_is_reported(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=10_000_000))
        assert "is nearly full: make room on it." in faults()["disk"][0]

    @pytest.mark.parametrize("below", ["", "articles", "articles/drafts", "blocks", "pictures"])
    def test_an_unwritable_folder_of_the_content_is_reported(
        self, content: Path, monkeypatch: pytest.MonkeyPatch, below: str
    ) -> None:
        """os.access is patched because root, who may run the tests, could write to any folder."""
        for name in ("articles/drafts", "pictures", ".git"):
            (content / name).mkdir(parents=True)
        monkeypatch.setattr(os, "access", lambda path, mode: path not in (content / below, content / ".git"))
        (line,) = faults()["content"]
        assert line.startswith(f"{content / below} cannot be written to: ")

    def test_an_unwritable_folder_of_generated_files_is_reported(
        self, content: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "access", lambda path, mode: path != VAR_FOLDER)
        (line,) = sentences()
        assert line.startswith(f"{VAR_FOLDER} cannot be written to: ")

    @pytest.mark.parametrize("back", [HOUR, 90, 3 * 365 * 24 * HOUR])
    def test_a_clock_set_back_is_reported_while_the_processes_live(self, back: float) -> None:
        now = time.time()
        with time_machine.travel(now):
            beat("mail")
        heartbeats._last.clear()
        with time_machine.travel(now - back):
            beat("mail")
            os.utime(heartbeats.file_of("mail"), times=(now - back,) * 2)
            (line,) = sentences()
        assert line.startswith("The clock of this machine was set back, or is wrong: ")
        assert "remove " in line
        with time_machine.travel(now + 1):
            assert faults()["clock"] == []

    @pytest.mark.parametrize("back", [0, 1, 50])
    def test_a_small_correction_of_the_clock_is_no_fault(self, back: float) -> None:
        beat("mail")
        with time_machine.travel(time.time() - back):
            assert sentences() == []

    def test_a_sign_of_life_in_the_future_is_reported(self) -> None:
        silence("mail", -HOUR)
        assert faults()["clock"]


class TestIndependentParts:
    @pytest.mark.parametrize("name", ["nonexistent", "file", "content/articles", "loop"])
    def test_a_missing_content_folder_hides_no_other_fault(self, settings: Settings, content: Path, name: str) -> None:
        silence("publisher", HOUR)
        (content.parent / "file").touch()
        (content.parent / "loop").symlink_to(content.parent / "loop")
        settings.CONTENT_DIR = content.parent / name
        start_anew()
        result = faults()
        assert result["facts"]
        assert result["publisher"][0].startswith("clinic-publish")
        assert bool(result["content"]) == (name != "content/articles")

    @pytest.mark.parametrize("fault", [OSError(5, "Input/output error"), RuntimeError("odd"), ValueError("odd")])
    @pytest.mark.parametrize(
        ("module", "function", "part"), [(shutil, "disk_usage", "disk"), (os, "scandir", "content")]
    )
    def test_a_check_that_fails_is_a_fault_of_its_own(
        self, content: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, module: object, function: str, part: str
    ) -> None:
        def fail(path: Path) -> None:
            raise fault

        get_library()
        silence("publisher", HOUR)
        with monkeypatch.context() as context:
            context.setattr(module, function, fail)
            result = faults()
        assert result[part] == [
            f"Whether all is well with “{part}” cannot be said ({type(fault).__name__}). See the log."
        ]
        assert result["publisher"]


@pytest.mark.django_db
class TestOutput:
    def test_a_healthy_site_lists_its_parts(self, client: Client) -> None:
        response = client.get("/readyz?all")
        assert response.status_code == 200
        parts = ["facts", "publisher", "mail", "disk", "content", "clock", "backup"]
        assert response.content.decode().splitlines() == ["ready", *(f"{part}: well" for part in parts)]

    def test_readyz_names_the_part_without_details(self, client: Client) -> None:
        silence("publisher", HOUR)
        response = client.get("/readyz?all")
        assert response.status_code == 503
        assert "publisher: not well, see desk_health\n" in response.content.decode()
        assert client.get("/readyz").status_code == 200

    def test_desk_health_fails_with_the_fault(self) -> None:
        silence("publisher", HOUR)
        with pytest.raises(CommandError, match="clinic-publish has not done its work"):
            call_command("desk_health", stdout=StringIO())

    @pytest.mark.parametrize("who", ["front desk", "editor", "owner"])
    def test_staff_see_the_fault_on_the_start_page(self, sign_in: Cast, content: Path, who: str) -> None:
        break_facts(content)
        start_anew()
        assert "content/clinic.yaml:" in sign_in(who).get("/admin/").content.decode()
