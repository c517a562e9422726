"""The shipped units, command and containers, and the commands in the operator guide."""

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
TIMERS = sorted((ROOT / "deploy" / "systemd").glob("*.timer"))
COMMANDS = {
    "clinic-app": "serve --web-only",
    "clinic-mail": "deliver_mail --loop",
    "clinic-publish": "publish",
    "clinic-backup": "backup /srv/clinic/backups",
    "clinic-drill": "restore --drill /srv/clinic/backups",
}


def settings_of(unit: Path) -> dict[str, str]:
    lines = unit.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_runs_an_existing_command_without_privileges(unit: Path) -> None:
    unit_file = settings_of(unit)
    assert COMMANDS[unit.stem] in unit_file["ExecStart"]
    assert unit_file["User"] == "clinic"
    assert (unit_file["NoNewPrivileges"], unit_file["ProtectSystem"]) == ("yes", "strict")
    assert unit_file["CapabilityBoundingSet"] == ""
    verify = shutil.which("systemd-analyze")
    if verify:
        done = subprocess.run([verify, "verify", unit], capture_output=True, text=True)
        faults = [line for line in done.stderr.splitlines() if unit.name in line and "is not executable" not in line]
        assert faults == []


@pytest.mark.parametrize("timer", TIMERS, ids=lambda timer: timer.stem)
def test_a_timer_starts_its_service_also_after_the_machine_was_off(timer: Path) -> None:
    service = settings_of(timer.with_suffix(".service"))
    assert service["Type"] == "oneshot"
    assert "WantedBy" not in service
    assert settings_of(timer)["Persistent"] == "true"
    assert {timer.stem for timer in TIMERS} == {"clinic-backup", "clinic-drill"}


def test_services_that_answer_strangers_cannot_read_the_backups() -> None:
    for unit in UNITS:
        lines = settings_of(unit)
        if lines.get("Type") != "oneshot":
            assert lines["InaccessiblePaths"] == "-/srv/clinic/backups"
            assert "/srv/clinic/backups" not in lines["ReadWritePaths"]


@pytest.mark.parametrize(
    ("variables", "content"), [({}, []), ({"CONTENT_DIR": "/srv/a copy"}, ["CONTENT_DIR=/srv/a copy"])]
)
def test_the_operators_command_runs_like_the_services(
    tmp_path: Path, variables: dict[str, str], content: list[str]
) -> None:
    """The command has the same user, environment and folder, and passes arguments and exit status through."""
    systemd = tmp_path / "systemd-run"
    systemd.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 3\n')
    systemd.chmod(0o700)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"} | variables
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


def test_the_guides_second_app_unit_differs_in_port_and_runs_no_migration() -> None:
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


def test_the_guide_names_existing_commands() -> None:
    guide = (ROOT / "docs" / "operator-guide.md").read_text()
    named = set(re.findall(r"clinic-manage ([a-z_]+)", guide))
    assert named >= {"createsuperuser", "backup", "restore", "release_mail", "doctor", "erase_request", "migrate"}
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
    mounted = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())}
    assert {name for name in mounted if not name.startswith(("/", "."))} == composed["volumes"].keys()


def test_static_files_are_gathered_without_harm_to_a_running_site() -> None:
    unit, composed = ((ROOT / "deploy" / name).read_text() for name in ("systemd/clinic-app.service", "compose.yaml"))
    guides = [ROOT / "README.md", ROOT / "docs" / "operator-guide.md", *(ROOT / "deploy").rglob("*")]
    assert "ExecStartPre=/srv/clinic/app/.venv/bin/python manage.py gather_static\n" in unit
    assert "manage.py gather_static" in yaml.safe_load(composed)["services"]["prepare"]["command"][-1]
    assert [path for path in guides if path.is_file() and "manage.py collectstatic" in path.read_text()] == []


def test_an_upgrade_by_the_guide_switches_the_link(tmp_path: Path) -> None:
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


def test_the_image_copies_existing_files_and_runs_without_root() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text().splitlines()
    sources = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    copied = [name for names in sources for name in names]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    let_in = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().splitlines()
    assert [name for name in copied if f"!{name.partition('/')[0]}" not in let_in] == []
    assert "USER clinic" in lines


def test_the_example_environment_starts_the_site(tmp_path: Path, manage: Manage) -> None:
    """Except for the secret key: the example leaves it empty, so that nobody uses one from this repository."""
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
def test_a_renewed_certificate_reloads_nginx_if_its_configuration_is_valid(
    tmp_path: Path, well: bool, calls: list[str]
) -> None:
    for name in ("nginx", "systemctl"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{name} $*"\nexit {0 if well else 1}\n')
        program.chmod(0o700)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([ROOT / "deploy" / "renewal-hook"], env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines() == calls
    assert (done.returncode == 0) == well
