"""Static files gathered, hashed and compressed in STATIC_ROOT, while other processes serve from it.

A process that serves has read the manifest and the list of files, and goes by them until it ends. So nothing is ever
missing there: files are gathered beside the folder and renamed into it, the manifest last, and those of earlier
versions stay. They may go when nothing runs: the whole folder can then be deleted, and the next start makes it anew.
"""

import fcntl
import hashlib
import os
import re
import shutil
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.management.commands import collectstatic
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import storages
from django.core.management import call_command

MANIFEST = ManifestStaticFilesStorage.manifest_name
HASHED = re.compile(r"\.[0-9a-f]{12}\.")  # in the name of a file, which then names its content


def collect_static() -> None:
    """The static files then stand in STATIC_ROOT. Where they did, this costs nothing. Raises OSError.

    Any number of processes may call it at any moment; one at a time gathers. A process calls it before its first page,
    because it reads the manifest once.
    """
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = static_state()
        if not _stands(root, state):
            _gather(root, state)


def static_state() -> str:
    """A digest of our static files and of the Django whose admin brings the rest."""
    digest = hashlib.sha256(django.__version__.encode())
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _stamp(root: Path) -> Path:
    """Beside the folder: what is in it is served. Lines: made from what, digest of the manifest, each file."""
    return root.with_suffix(".stamp")


def _stands(root: Path, state: str) -> bool:
    """Whether all that was gathered from that is there, and nobody else has written the manifest since."""
    if not _stamp(root).exists():
        return False
    lines = _stamp(root).read_text().splitlines()
    return lines[:2] == [state, _manifest_digest(root)] and all((root / file).exists() for file in lines[2:])


def _manifest_digest(root: Path) -> str:
    manifest = root / MANIFEST
    return hashlib.sha256(manifest.read_bytes() if manifest.exists() else b"").hexdigest()


def _gather(root: Path, state: str) -> None:
    staged = root.with_suffix(".new")
    shutil.rmtree(staged, ignore_errors=True)  # of a process that was killed
    command = collectstatic.Command()
    command.storage = storages.create_storage(settings.STORAGES["staticfiles"] | {"OPTIONS": {"location": staged}})
    call_command(command, interactive=False, verbosity=0)
    files = [path.relative_to(staged).as_posix() for path in sorted(staged.rglob("*")) if path.is_file()]
    os.sync()  # a power cut must leave no name without its content
    for file in sorted(files, key=MANIFEST.__eq__):  # which comes last
        _move(staged / file, root / file)
    told = staged / "stamp"
    told.write_text("\n".join([state, _manifest_digest(root), *files]))
    told.replace(_stamp(root))
    shutil.rmtree(staged)


def _move(staged: Path, place: Path) -> None:
    """One with a digest in its name is never replaced: who serves it has noted how long it and its packed forms are."""
    if not (HASHED.search(place.name) and place.exists()):
        place.parent.mkdir(parents=True, exist_ok=True)
        staged.replace(place)
