"""Run a module of the tests inside a served site: in a process of its own, with the site's settings and database."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.serving import ROOT

Manage = Callable[..., "subprocess.CompletedProcess[str]"]


def manage(*command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run manage.py with this environment and nothing of the tests' own."""
    inherited = {name: os.environ[name] for name in os.environ if name.startswith(("PATH", "HOME", "COVERAGE"))}
    return subprocess.run(
        [sys.executable, "manage.py", *command], env=inherited | environment, cwd=ROOT, capture_output=True, text=True
    )


def run_inside(var: Path, database_url: str, module: str, *arguments: str) -> Any:
    """Return what `python -m module` printed as JSON; None if it printed nothing."""
    variables = {"DEMO": "on", "VAR_FOLDER": str(var), "DATABASE_URL": database_url}
    environment = os.environ | variables | {"DJANGO_SETTINGS_MODULE": "clinic_site.settings"}
    command = [sys.executable, "-m", module, *arguments]
    run = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout) if run.stdout else None


def run_apart(main: str, database_url: str, within: float = 60) -> Any:
    """Run a function of the tests in a process of its own, with the tests' settings. Return what it prints as JSON.

    `main`: module and name of the function, as in `tests.appointments.subprocess_race:main`.

    Raises TimeoutExpired after `within` seconds.
    """
    module, _, name = main.partition(":")
    script = f"import django; django.setup(); from {module} import {name}; {name}()"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": database_url}
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, timeout=within)
    return json.loads(run.stdout)
