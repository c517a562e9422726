"""Install each lock file into an empty environment: `python -m tests.locks [PYTHON …]`, by default with this Python.

This needs the network. The package index changes while the lock files do not: they must still install.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.serving import ROOT

LOCKS = sorted(path.name for path in ROOT.glob("requirements*.txt"))


def install_all(python: str) -> bool:
    """Return whether every lock file can be installed; print a line for each. The installer prints why one cannot."""
    with tempfile.TemporaryDirectory(prefix="clinic-locks-") as name:
        folder = Path(name)
        (folder / "clinic_site").mkdir()
        shutil.copy(ROOT / "clinic_site" / "bootstrap.py", folder / "clinic_site")
        for lock in LOCKS:
            shutil.copy(ROOT / lock, folder)
        installed = [_install(python, folder, lock) for lock in LOCKS]
    return all(installed)


def _install(python: str, folder: Path, lock: str) -> bool:
    environment = f".venv-{Path(lock).stem}"
    started = time.monotonic()
    command = [python, "clinic_site/bootstrap.py", lock, "--folder", environment]
    quick = os.environ | {"UV_COMPILE_BYTECODE": "0"}  # nothing runs there
    done = subprocess.run(command, cwd=folder, env=quick, stdout=subprocess.DEVNULL)
    check = [".venv-installer/bin/uv", "pip", "check", "--quiet", "--python", f"{environment}/bin/python"]
    whole = done.returncode == 0 and subprocess.run(check, cwd=folder).returncode == 0
    seconds = time.monotonic() - started
    sys.stdout.write(f"{python}: {lock} {'is installed' if whole else 'CANNOT BE INSTALLED'} ({seconds:.1f} s)\n")
    return whole


def main(pythons: Sequence[str]) -> int:
    installed = [install_all(python) for python in pythons or [sys.executable]]
    return int(not all(installed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
