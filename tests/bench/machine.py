"""The machine of the measurements, and its cores for server and load generator."""

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path


def cores() -> tuple[int, int]:
    """Return the cores of server and load generator; equal on a machine with one core."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[0], allowed[-1]


def pinned(core: int, command: list[str]) -> list[str]:
    return ["taskset", "-c", str(core), *command]


def describe(folder: Path) -> str:
    """Describe the machine in one line; `folder` is the folder of databases and pages."""
    parts = [
        f"{len(os.sched_getaffinity(0))} cores, {_cpu_model()}",
        f"{_memory()} GB of memory",
        f"{_file_system(folder)} below the temporary folder",
        f"{platform.system()} {platform.release().partition('-')[0]}",
        f"Python {platform.python_version()}",
        *(f"{name} {version(name)}" for name in ("Django", "granian")),
        *filter(None, (_version_of("nginx", "-v"), _version_of("wrk", "-v"))),
    ]
    return ", ".join(parts)


def _cpu_model() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3)


def _file_system(folder: Path) -> str:
    """Return the type: an in-memory file system would make a database look too fast."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    holding = [(place, kind) for place, kind in mounts if folder.resolve().is_relative_to(place)]
    return max(holding, key=lambda mount: len(mount[0]))[1]


def _version_of(program: str, option: str) -> str:
    """Return name and version reported by the program; "" if it is missing."""
    try:
        result = subprocess.run([program, option], check=False, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    found = re.search(r"[\d.]*\d", result.stdout + result.stderr)
    return f"{program} {found[0]}" if found else program
