"""Print the bill of materials of a lock file as CycloneDX 1.6: `python -m tests.sbom requirements.txt`."""

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PINNED = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)(?P<hashes>.*(?:\n[ \t]+--hash.*)*)",
    re.MULTILINE,
)
HASH = re.compile("--hash=sha256:([0-9a-f]{64})")


def bill_of_materials(lock: str, version: str) -> dict[str, Any]:
    """Return a component for each package that `lock` pins, with the hashes of its files. `version` is the site's."""
    components = [
        {
            "type": "library",
            "bom-ref": f"{found['name']}@{found['version']}",
            "name": found["name"],
            "version": found["version"],
            "purl": f"pkg:pypi/{found['name']}@{found['version']}",
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in HASH.findall(found["hashes"])],
        }
        for found in PINNED.finditer(lock)
    ]
    site = {"type": "application", "bom-ref": "clinic-site", "name": "clinic-site", "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": site},
        "components": components,
    }


def main(path: str) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    sys.stdout.write(json.dumps(bill_of_materials(Path(path).read_text(), version), indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
