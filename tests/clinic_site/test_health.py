"""Each part of the site says when it is not well: to monitoring, to a load balancer, and to whoever signs in."""

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
from clinic_site import heartbeats
from clinic_site.demo import VAR_FOLDER
from clinic_site.health import faults, sentences
from clinic_site.heartbeats import beat, last_beat
from tests.clinic_site.broken_facts import break_facts, content, start_anew
from tests.conftest import Cast
from tests.content_builders import make_content

__all__ = ["content"]  # a fixture

HOUR = 3600


def silence(name: str, seconds: float) -> None:
    """The last sign of life was so long ago."""
    beat(name)
    os.utime(heartbeats.file_of(name), times=(time.time() - seconds,) * 2)


class TestFacts:
    def test_it_is_told_at_once(self, content: Path) -> None:
        break_facts(content)
        start_anew()
        (line,) = sentences()
        assert line.startswith("content/clinic.yaml:")
        assert line.endswith("Until it is mended, the facts from before are in use.")

    def test_also_where_they_were_never_right(self, settings: Settings, tmp_path: Path) -> None:
        settings.CONTENT_DIR = make_content(tmp_path)
        break_facts(Path(settings.CONTENT_DIR))
        assert sentences()[0].endswith("No page can be shown until it is mended.")

    def test_a_file_of_facts_without_a_copy_is_told_too_and_an_article_is_not(
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
    def test_one_that_died_is_told(self, name: str, unit: str) -> None:
        assert faults()[name] == []
        silence(name, 30)
        assert faults()[name] == []
        silence_again = time.time() - HOUR
        os.utime(heartbeats.file_of(name), times=(silence_again, silence_again))
        (line,) = faults()[name]
        assert line.startswith(f"{unit} has not done its work for more than 2 minutes: ")

    def test_the_publishers_sign_is_the_time_of_its_manifest(self, tmp_path: Path) -> None:
        manifest = tmp_path / "manifest.json"
        manifest.write_text("{}")
        beat("publisher", manifest)
        os.utime(manifest, times=(0, 0))
        assert last_beat("publisher") == 0
        manifest.unlink()
        assert last_beat("publisher") == 0
        assert faults()["publisher"]

    def test_a_sign_is_given_now_and_then_and_not_at_each_look(self, tmp_path: Path) -> None:
        beat("mail")
        os.utime(heartbeats.file_of("mail"), times=(0, 0))
        beat("mail")
        assert last_beat("mail") == 0

    def test_a_disk_that_takes_none_stops_nobody(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setattr(heartbeats, "FOLDER", tmp_path / "file")
        beat("mail")
        assert last_beat("mail") is None


class TestMachine:
    def test_a_full_disk_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=10_000_000))
        assert "is nearly full: make room on it." in faults()["disk"][0]

    @pytest.mark.parametrize("below", ["", "articles", "articles/drafts", "blocks", "pictures"])
    def test_a_folder_of_the_content_that_cannot_be_written_to_is_told(
        self, content: Path, monkeypatch: pytest.MonkeyPatch, below: str
    ) -> None:
        """Root, who may run the tests, could write to any."""
        for name in ("articles/drafts", "pictures", ".git"):
            (content / name).mkdir(parents=True)
        monkeypatch.setattr(os, "access", lambda path, mode: path not in (content / below, content / ".git"))
        (line,) = faults()["content"]
        assert line.startswith(f"{content / below} cannot be written to: ")

    def test_a_folder_for_what_the_site_makes_that_cannot_be_written_to_is_told(
        self, content: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "access", lambda path, mode: path != VAR_FOLDER)
        (line,) = sentences()
        assert line.startswith(f"{VAR_FOLDER} cannot be written to: ")

    @pytest.mark.parametrize("back", [HOUR, 90, 3 * 365 * 24 * HOUR])
    def test_a_clock_that_was_set_back_is_told_though_the_processes_live_on(self, back: float) -> None:
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
    def test_a_clock_that_the_network_corrects_a_little_is_well(self, back: float) -> None:
        beat("mail")
        with time_machine.travel(time.time() - back):
            assert sentences() == []

    def test_a_sign_out_of_the_future_is_told(self) -> None:
        silence("mail", -HOUR)
        assert faults()["clock"]


class TestEachPartByItself:
    @pytest.mark.parametrize("name", ["nonexistent", "file", "content/articles", "loop"])
    def test_a_content_folder_that_is_gone_costs_no_other_part_its_line(
        self, settings: Settings, content: Path, name: str
    ) -> None:
        silence("publisher", HOUR)
        (content.parent / "file").touch()
        (content.parent / "loop").symlink_to(content.parent / "loop")
        settings.CONTENT_DIR = content.parent / name
        start_anew()
        told = faults()
        assert told["facts"]
        assert told["publisher"][0].startswith("clinic-publish")
        assert bool(told["content"]) == (name != "content/articles")

    @pytest.mark.parametrize("fault", [OSError(5, "Input/output error"), RuntimeError("odd"), ValueError("odd")])
    @pytest.mark.parametrize(
        ("module", "function", "part"), [(shutil, "disk_usage", "disk"), (os, "scandir", "content")]
    )
    def test_a_look_that_fails_is_a_line_of_its_own(
        self, content: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception, module: object, function: str, part: str
    ) -> None:
        def fail(path: Path) -> None:
            raise fault

        get_library()
        silence("publisher", HOUR)
        with monkeypatch.context() as context:
            context.setattr(module, function, fail)
            told = faults()
        assert told[part] == [
            f"Whether all is well with “{part}” cannot be said ({type(fault).__name__}). See the log."
        ]
        assert told["publisher"]


@pytest.mark.django_db
class TestWhereItIsTold:
    def test_a_site_that_is_well(self, client: Client) -> None:
        answer = client.get("/readyz?all")
        assert answer.status_code == 200
        parts = ["facts", "publisher", "mail", "disk", "content", "clock"]
        assert answer.content.decode().splitlines() == ["ready", *(f"{part}: well" for part in parts)]

    def test_readyz_names_the_part_and_tells_strangers_no_more(self, client: Client) -> None:
        silence("publisher", HOUR)
        answer = client.get("/readyz?all")
        assert answer.status_code == 503
        assert "publisher: not well, see desk_health\n" in answer.content.decode()
        assert client.get("/readyz").status_code == 200

    def test_monitoring_hears_of_it(self) -> None:
        silence("publisher", HOUR)
        with pytest.raises(CommandError, match="clinic-publish has not done its work"):
            call_command("desk_health", stdout=StringIO())

    @pytest.mark.parametrize("who", ["front desk", "editor", "owner"])
    def test_whoever_signs_in_sees_it_on_the_start_page(self, sign_in: Cast, content: Path, who: str) -> None:
        break_facts(content)
        start_anew()
        assert "content/clinic.yaml:" in sign_in(who).get("/admin/").content.decode()
