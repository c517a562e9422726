"""The machine that the figures were taken on, and who runs on which of its cores."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path


def cores() -> tuple[int, int]:
    """The core of the server, and that of the load generator; the same one where there is no second."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


def pinned(core: int, command: list[str]) -> list[str]:
    return ["taskset", "-c", str(core), *command]


def describe(folder: Path) -> str:
    """One line; `folder` is where databases and pages were written to."""
    parts = [
        f"{len(os.sched_getaffinity(0))} cores, {_cpu_model()}",
        f"{_memory()} GB of memory",
        f"{_file_system(folder)} below the temporary folder",
        f"{platform.system()} {platform.release().partition('-')[0]}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ("Django", "granian")),
        *filter(None, (_said_by("nginx", "-v"), _said_by("wrk", "-v"))),
    ]
    return ", ".join(parts)


def _cpu_model() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3)


def _file_system(folder: Path) -> str:
    """Its type: a file system in memory would make a database look faster than it is."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    holding = [(place, kind) for place, kind in mounts if folder.resolve().is_relative_to(place)]
    return max(holding, key=lambda each: len(each[0]))[1]


def _said_by(program: str, option: str) -> str:
    """Name and version as the program says them; "" where it is missing."""
    try:
        said = subprocess.run([program, option], check=False, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    found = re.search(r"[\d.]*\d", said.stdout + said.stderr)
    return f"{program} {found[0]}" if found else program
