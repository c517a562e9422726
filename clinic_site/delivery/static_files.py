"""Static files gathered, hashed and compressed in STATIC_ROOT, while other processes serve from there.

A serving process reads the manifest and the list of files once and relies on them until it ends, so no file may
disappear: files are gathered beside the folder and renamed into it, the manifest last, and files of earlier versions
stay. To remove those, delete the whole folder while nothing runs; the next start creates it again.
"""

import fcntl
import hashlib
import os
import re
import shutil
from pathlib import Path

import allauth
import django
from django.conf import settings
from django.contrib.staticfiles.management.commands import collectstatic
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.storage import storages
from django.core.management import call_command

MANIFEST = ManifestStaticFilesStorage.manifest_name
# The admin loads these while DEBUG is on, which it never is here; to compress them took as long as all others.
UNUSED = ("jquery.js", "select2.full.js", "xregexp.js")
HASHED = re.compile(r"\.[0-9a-f]{12}\.")  # a content hash in the name of a file


def collect_static() -> None:
    """Bring STATIC_ROOT up to date; cheap if nothing changed. Raises OSError.

    Any number of processes may call the function at any moment; one at a time gathers. A process calls it before its
    first page, because it reads the manifest once.
    """
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = static_state()
        if not _is_current(root, state):
            _gather(root, state)


def static_state() -> str:
    """Return a digest of our static files and of the versions of Django and allauth, which have the others."""
    digest = hashlib.sha256(f"{django.__version__} {allauth.__version__}".encode())
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(folder).as_posix().encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _stamp(root: Path) -> Path:
    """Return the stamp file beside the folder; its lines are the state, the manifest digest and each file."""
    return root.with_suffix(".stamp")


def _is_current(root: Path, state: str) -> bool:
    """Return True if all files gathered for `state` exist and the manifest is as this program wrote it."""
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
    call_command(command, interactive=False, verbosity=0, ignore_patterns=[*UNUSED])
    files = [path.relative_to(staged).as_posix() for path in sorted(staged.rglob("*")) if path.is_file()]
    os.sync()  # a power cut must leave no name without its content
    for file in sorted(files, key=MANIFEST.__eq__):  # which comes last
        _move(staged / file, root / file)
    staged_stamp = staged / "stamp"
    staged_stamp.write_text("\n".join([state, _manifest_digest(root), *files]))
    staged_stamp.replace(_stamp(root))
    shutil.rmtree(staged)


def _move(staged: Path, place: Path) -> None:
    """Move a file into place, unless a file with a hash in its name exists: processes rely on its size."""
    if not (HASHED.search(place.name) and place.exists()):
        place.parent.mkdir(parents=True, exist_ok=True)
        staged.replace(place)
