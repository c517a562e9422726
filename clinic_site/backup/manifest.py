"""The manifest of a backup: version, migrations, rows of each table and the hash of each file."""

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FILE = "manifest.json"
FORMAT = 1
Migration = tuple[str, str]  # app and name


class BackupError(Exception):
    """A backup that cannot be made or restored; the text is a sentence for the operator."""


@dataclass(frozen=True)
class TableFacts:
    """How many rows a table has, and the SHA-256 of its lines."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    version: str  # of the site
    made_at: dt.datetime
    engine: str  # of the database
    migrations: list[Migration]  # applied, sorted
    tables: dict[str, TableFacts]
    files: dict[str, str]  # path below the backup's folder -> SHA-256

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    def as_bytes(self) -> bytes:
        data = {"format": FORMAT} | asdict(self) | {"made_at": self.made_at.isoformat()}
        return json.dumps(data, indent=1).encode()


def read_manifest(backup: Path) -> Manifest:
    """Return the manifest in the folder. Raises BackupError for a folder without one, and for an unknown format."""
    try:
        data = json.loads((backup / FILE).read_bytes())
        return _parse(data)
    except FileNotFoundError:
        raise BackupError(f"{backup} is no backup: it has no {FILE}.") from None
    except (ValueError, LookupError, TypeError, AttributeError):
        raise BackupError(f"{backup / FILE} is damaged or no manifest: take another backup.") from None


def _parse(data: dict[str, Any]) -> Manifest:
    if data["format"] != FORMAT:
        raise BackupError(
            f"The backup has format {data['format']}, and this version reads format {FORMAT}: "
            f"restore it with version {data['version']} of the site."
        )
    return Manifest(
        version=str(data["version"]),
        made_at=dt.datetime.fromisoformat(data["made_at"]),
        engine=str(data["engine"]),
        migrations=[(app, name) for app, name in data["migrations"]],
        tables={name: TableFacts(**facts) for name, facts in data["tables"].items()},
        files={str(path): str(digest) for path, digest in data["files"].items()},
    )
