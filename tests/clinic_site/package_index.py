"""A package index in a folder, as pip and uv read one."""

import base64
import functools
import hashlib
import http.server
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Print nothing."""


@dataclass
class PackageIndex:
    """A local package index: a page that lists each package's wheels, and the wheels."""

    folder: Path
    url: str
    hashes: dict[str, str] = field(default_factory=dict)  # name==version -> sha256 of the wheel

    def add(self, name: str, version: str, requires: str = "", files: Mapping[str, bytes] | None = None) -> None:
        """Publish one version of a package, with `requires` as its metadata lines."""
        info = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}"
        contents = {
            **(files or {f"{name}.py": f"version = {version!r}\n".encode()}),
            f"{info}/METADATA": metadata.encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        page = self.folder / "simple" / name
        page.mkdir(parents=True, exist_ok=True)
        wheel = page / f"{name}-{version}-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, data in contents.items():
                entry = zipfile.ZipInfo(path)
                entry.external_attr = 0o100755 << 16  # keep the program executable
                archive.writestr(entry, data)
            archive.writestr(f"{info}/RECORD", _record(contents, f"{info}/RECORD"))
        self.hashes[f"{name}=={version}"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
        links = [f'<a href="{path.name}">{path.name}</a>' for path in sorted(page.glob("*.whl"))]
        (page / "index.html").write_text("\n".join(["<!DOCTYPE html>", *links]))

    def lock(self, *pins: str) -> str:
        """Return the text of a lock file with these pins, `name==version`."""
        return "".join(f"{pin} --hash=sha256:{self.hashes[pin.replace('[extra]', '')]}\n" for pin in pins)


def _record(contents: Mapping[str, bytes], own_name: str) -> str:
    digests = {path: base64.urlsafe_b64encode(hashlib.sha256(data).digest()) for path, data in contents.items()}
    lines = [f"{path},sha256={digests[path].rstrip(b'=').decode()},{len(contents[path])}" for path in contents]
    return "\n".join([*lines, f"{own_name},,", ""])


@contextmanager
def package_index(folder: Path) -> Iterator[PackageIndex]:
    """Serve an index from `folder` at a free port of loopback until the block ends."""
    handler = functools.partial(QuietHandler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield PackageIndex(folder, f"http://127.0.0.1:{server.server_port}/simple/")
        finally:
            server.shutdown()
