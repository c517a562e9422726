"""The files in var/ by which `serve` and `reload` know of each other, for each port."""

from pathlib import Path

from clinic_site.demo import VAR_FOLDER


def lock_file(port: int) -> Path:
    """Locked by the `serve` that runs, and holds its number."""
    return VAR_FOLDER / f"serve-{port}.lock"


def reload_report(port: int) -> Path:
    """Written after each reload: why the new process is not ready, or nothing."""
    return VAR_FOLDER / f"serve-{port}.reloaded"
