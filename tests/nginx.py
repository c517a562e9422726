"""Start the real nginx with the shipped configuration: only paths, names and ports are the test's own."""

import http.client
import os
import pwd
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.serving import ROOT, free_port
from tests.tools import NO_NGINX, find_nginx, need

DEPLOY = ROOT / "deploy" / "nginx"
START_TIME = 20  # seconds
SENDER = "X-Sender"  # the header with the address of the client, as a load balancer sets it
MAIN = """\
daemon off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/start.log;
events {{ worker_connections 8192; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    set_real_ip_from 127.0.0.1;
    real_ip_header {sender};
    include clinic.conf;
}}
"""
TYPES = "types { text/css css; text/javascript js; image/svg+xml svg; image/webp webp; }\n"
OF_THE_CONNECTION = {"server", "date", "connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Nginx:
    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def logs(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))


@dataclass(frozen=True)
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    port: int,
    path: str,
    method: str = "GET",
    form: dict[str, str] | None = None,
    *,
    host: str = "127.0.0.1",
    sender: str = "",
    **headers: str,
) -> Response:
    """Send a request. `sender`: another address of the client. `headers`: named with _ for -."""
    connection = http.client.HTTPConnection(host, port, timeout=60)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if sender:
        sent[SENDER] = sender
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, body=None if form is None else urlencode(form), headers=sent)
        response = connection.getresponse()
        received = {
            name.lower(): value for name, value in response.getheaders() if name.lower() not in OF_THE_CONNECTION
        }
        return Response(response.status, received, response.read())
    finally:
        connection.close()


def has_ipv6() -> bool:
    """Return whether this machine has IPv6; containers often have none."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


RunNginx = Callable[..., AbstractContextManager[Nginx]]


@contextmanager
def nginx(folder: Path, published: Path, app_port: int, **instead: str) -> Iterator[Nginx]:
    """Run nginx before the app on `app_port`, with the files of `published`, until the block ends.

    `instead`: values that replace shipped ones, such as `client_header_timeout="1s"`.
    """
    program = need(find_nginx, NO_NGINX)
    folder.mkdir()
    port = free_port()
    _write_configuration(folder, published, app_port, port, instead)
    process = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        _wait_for(port, process)
        yield Nginx(port, folder)
    finally:
        process.terminate()
        process.wait(START_TIME)


def _write_configuration(folder: Path, published: Path, app_port: int, port: int, instead: dict[str, str]) -> None:
    text = (DEPLOY / "clinic.conf").read_text()
    for shipped, ours in {
        "listen 80 default_server;": f"listen 127.0.0.1:{port} default_server;",
        "    listen 443 ssl default_server;\n": "",
        "    listen [::]:80 default_server;\n": "",
        "    listen [::]:443 ssl default_server;\n": "",
        "    listen [::]:80;\n": "",
        "    listen 80;\n    server_name clinic.example;": f"    listen 127.0.0.1:{port};\n    server_name elsewhere;",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port};",
        "    listen [::]:443 ssl http2;\n": f"    listen [::1]:{port};\n" if has_ipv6() else "",
        "server_name clinic.example;": "server_name 127.0.0.1;",
        "127.0.0.1:8000": f"127.0.0.1:{app_port}",
        "/var/log/nginx": str(folder),
    }.items():
        assert shipped in text, f"the shipped configuration does not say {shipped!r} any more"
        text = text.replace(shipped, ours)
    text = "".join(line for line in text.splitlines(keepends=True) if not line.strip().startswith("ssl_"))
    for name, value in instead.items():
        text, count = re.subn(rf"\b{name} [^;]+;", f"{name} {value};", text)
        assert count, f"the shipped configuration does not set {name} any more"
    (folder / "clinic.conf").write_text(text)
    errors = (DEPLOY / "clinic-errors.conf").read_text()
    for shipped, ours in {"/srv/clinic/published": str(published), "/var/log/nginx": str(folder)}.items():
        assert shipped in errors, f"the shipped pages for errors do not say {shipped!r} any more"
        errors = errors.replace(shipped, ours)
    (folder / "clinic-errors.conf").write_text(errors)
    (folder / "mime.types").write_text(TYPES)
    shutil.copy(DEPLOY / "clinic-headers.conf", folder)
    user = pwd.getpwuid(os.getuid()).pw_name
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user, sender=SENDER))


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_TIME
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError:
            assert process.poll() is None, "nginx ended"
            assert time.monotonic() < deadline, "nginx did not answer"
            time.sleep(0.05)
        else:
            return
