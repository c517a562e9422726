"""What is shipped to run the site with, and what the operator guide says to type: units, the command, containers."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from tests.clinic_site.test_settings import PRODUCTION
from tests.inside import Manage
from tests.serving import ROOT

UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
COMMANDS = {"clinic-app": "serve --web-only", "clinic-mail": "deliver_mail --loop", "clinic-publish": "publish"}


def settings_of(unit: Path) -> dict[str, str]:
    lines = unit.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_runs_what_there_is_without_rights(unit: Path) -> None:
    told = settings_of(unit)
    assert COMMANDS[unit.stem] in told["ExecStart"]
    assert told["User"] == "clinic"
    assert (told["NoNewPrivileges"], told["ProtectSystem"], told["CapabilityBoundingSet"]) == ("yes", "strict", "")
    verify = shutil.which("systemd-analyze")
    if verify:
        done = subprocess.run([verify, "verify", unit], capture_output=True, text=True)
        faults = [line for line in done.stderr.splitlines() if unit.name in line and "is not executable" not in line]
        assert faults == []


@pytest.mark.parametrize(("told", "content"), [({}, []), ({"CONTENT_DIR": "/srv/a copy"}, ["CONTENT_DIR=/srv/a copy"])])
def test_the_operators_command_runs_as_the_services_do(
    tmp_path: Path, told: dict[str, str], content: list[str]
) -> None:
    """Same user, environment and folder; what it is told and how it ends go through."""
    systemd = tmp_path / "systemd-run"
    systemd.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n')
    systemd.chmod(0o700)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"} | told
    command = [str(ROOT / "deploy" / "clinic-manage"), "erase_request", "K7M-3QX", "a b"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    app = settings_of(ROOT / "deploy" / "systemd" / "clinic-app.service")
    for name in ("EnvironmentFile", "WorkingDirectory", "UMask"):
        assert f"--property={name}={app[name]}" in lines
    assert f"--uid={app['User']}" in lines
    manage = app["ExecStart"].split()[2:4]
    assert manage == ["/srv/clinic/app/.venv/bin/python", "manage.py"]
    assert lines[lines.index("/usr/bin/env") + 1 :] == [*content, *manage, "erase_request", "K7M-3QX", "a b"]
    assert done.returncode == 3


def test_the_guides_second_app_process_is_the_first_on_another_port_and_migrates_nothing() -> None:
    guide = (ROOT / "docs" / "operator-guide.md").read_text()
    first = ROOT / "deploy" / "systemd" / "clinic-app.service"
    (script,) = re.findall(r"sed '(.*?)' clinic-app\.service > clinic-app-2\.service", guide)
    done = subprocess.run(["sed", script, str(first)], check=True, capture_output=True, text=True)
    taken, added = (
        set(one.splitlines()) - set(other.splitlines())
        for one, other in ((first.read_text(), done.stdout), (done.stdout, first.read_text()))
    )
    app = settings_of(first)
    assert added == {
        f"After=clinic-app.service {app['After']}",
        f"ExecStart={app['ExecStart'].replace('8000', '8001')}",
        f"ExecReload={app['ExecReload'].replace('8000', '8001')}",
    }
    assert all(line.startswith(("After=", "ExecStart=", "ExecStartPre=", "ExecReload=")) for line in taken)
    assert "ExecStartPre" not in done.stdout


def test_the_guide_names_commands_that_there_are() -> None:
    guide = (ROOT / "docs" / "operator-guide.md").read_text()
    named = set(re.findall(r"clinic-manage ([a-z_]+)", guide))
    assert named >= {"createsuperuser", "desk_health", "erase_request", "migrate", "purge_requests"}
    assert named <= get_commands().keys()
    assert [name for name in named if f"manage.py {name}" in guide.replace("`manage.py migrate`", "")] == []


def test_every_unit_is_tested() -> None:
    assert {unit.stem for unit in UNITS} == COMMANDS.keys()


def test_containers_have_no_secret_no_root_and_one_migration() -> None:
    composed = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
    services = composed["services"]
    assert services.keys() == {"database", "prepare", "app", "mail", "publish", "nginx"}
    for name in ("prepare", "app", "mail", "publish"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["environment"]["SECRET_KEY"] == "${SECRET_KEY:?}"
        assert services[name]["environment"]["BEHIND_PROXY"] == "on"
    assert [name for name in services if "migrate" in str(services[name].get("command"))] == ["prepare"]
    mounted = {each.split(":")[0] for service in services.values() for each in service.get("volumes", ())}
    assert {name for name in mounted if not name.startswith(("/", "."))} == composed["volumes"].keys()


def test_static_files_are_gathered_in_the_way_that_harms_no_running_site() -> None:
    unit, composed = ((ROOT / "deploy" / name).read_text() for name in ("systemd/clinic-app.service", "compose.yaml"))
    guides = [ROOT / "README.md", ROOT / "docs" / "operator-guide.md", *(ROOT / "deploy").rglob("*")]
    assert "ExecStartPre=/srv/clinic/app/.venv/bin/python manage.py gather_static\n" in unit
    assert "manage.py gather_static" in yaml.safe_load(composed)["services"]["prepare"]["command"][-1]
    assert [path for path in guides if path.is_file() and "manage.py collectstatic" in path.read_text()] == []


def test_an_upgrade_by_the_guide_moves_the_link_and_never_puts_one_inside_the_old_folder(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "operator-guide.md").read_text()
    first, second = (line.replace("/srv/clinic", str(tmp_path)) for line in re.findall(r"`(ln [^`]+)`", guide))
    for name in ("app-1", "app-2"):
        (tmp_path / name).mkdir()
    for command, place in ((first, "app-1"), (second, "app-2")):
        subprocess.run(command.split(), check=True)
        assert (tmp_path / "app").resolve() == tmp_path / place
    (tmp_path / "app").unlink()
    (tmp_path / "app").mkdir()
    assert subprocess.run(second.split(), capture_output=True).returncode != 0


def test_the_image_copies_what_is_there_and_runs_without_root() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()
    sources = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    copied = [name for names in sources for name in names]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    let_in = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().splitlines()
    assert [name for name in copied if f"!{name.partition('/')[0]}" not in let_in] == []
    assert "USER clinic" in lines


def test_the_example_of_the_environment_is_one_that_the_site_starts_with(tmp_path: Path, manage: Manage) -> None:
    """But for the secret key, which it leaves empty so that nobody takes over ours."""
    lines = (ROOT / "deploy" / "environment.example").read_text().splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert example.pop("SECRET_KEY") == ""
    here = {"CONTENT_DIR": "tests/content", "VAR_FOLDER": str(tmp_path), "SECRET_KEY": PRODUCTION["SECRET_KEY"]}
    done = manage("check", "--deploy", "--fail-level", "WARNING", **(example | here))
    assert done.returncode == 0, done.stderr
    guide = (ROOT / "docs" / "operator-guide.md").read_text()
    needed = re.findall(r"^\| `([A-Z_]+)` \|.*\| none \|$", guide, re.MULTILINE)
    assert len(needed) > 3
    assert set(needed) <= {"SECRET_KEY", *example}


@pytest.mark.parametrize(("well", "calls"), [(True, ["nginx -t", "systemctl reload nginx"]), (False, ["nginx -t"])])
def test_a_renewed_certificate_is_taken_by_an_nginx_that_is_well(tmp_path: Path, well: bool, calls: list[str]) -> None:
    for name in ("nginx", "systemctl"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{name} $*"\nexit {0 if well else 1}\n')
        program.chmod(0o700)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([ROOT / "deploy" / "renewal-hook"], env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines() == calls
    assert (done.returncode == 0) == well
