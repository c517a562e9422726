"""One article, as finished bytes: our server beside nginx, a cached Django site, and a bare Django view."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from tests.bench import load
from tests.bench.load import Load
from tests.bench.machine import cores
from tests.bench.options import Options
from tests.bench.rows import NotMeasured, Row, Yardstick, at_least, at_most, not_measured
from tests.bench.servers import Running, Server, our_site, running, wait_for_port
from tests.serving import ROOT, free_port

ARTICLE = "/articles/ketamine-and-chronic-pain-basics/"
OF_NGINX, OF_CACHED, P99_OF_NGINX, AS_FAST = 0.60, 15, 3, 1
FORMS = {"identity": "identity", "gzip": "gzip", "brotli": "br"}
CACHED, PLAIN = "Django's page cache, gunicorn", "a Django view with ready bytes, gunicorn"
GUNICORN = ROOT / ".venv-bench" / "bin" / "gunicorn"
NGINX = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
{user}
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=100;
  gzip_static on;
  default_type "text/html; charset=utf-8";
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/www;
    location = /page.br {{ add_header Content-Encoding br; }}
  }}
}}
"""


@dataclass(frozen=True)
class Target:
    """A URL with headers that is requested repeatedly."""

    name: str
    url: str
    headers: tuple[str, ...] = ()


def measure(options: Options) -> Iterator[Row]:
    """Measure the article in each encoding, and the 304; then the two yardsticks in Django."""
    www = options.folder / "www"
    www.mkdir()
    with ExitStack() as servers:
        ours = servers.enter_context(our_site(Running(options.folder / "article-get")))
        targets, missing = _ours(ours, www)
        yardsticks = {"nginx": _nginx(www), CACHED: _gunicorn(www, CACHED, "on"), PLAIN: _gunicorn(www, PLAIN, "off")}
        for name, yardstick in yardsticks.items():
            try:
                targets += servers.enter_context(yardstick)
            except NotMeasured as reason:
                missing.append(not_measured(f"article beside {name}", reason))
        found = interleaved(targets, options.rounds, lambda target: load.get(target.url, target.headers))
    yield from missing
    yield from _rows(found)


def interleaved(targets: list[Target], rounds: int, run: Callable[[Target], Load]) -> dict[str, Load]:
    """Return the median of each target's runs. Targets take turns, so that noise affects all of them."""
    runs: dict[str, list[Load]] = {target.name: [] for target in targets}
    for _ in range(rounds):
        for target in targets:
            runs[target.name].append(run(target))
    return {name: load.median(loads) for name, loads in runs.items()}


def _ours(site: Server, www: Path) -> tuple[list[Target], list[Row]]:
    """Return targets of our site and rows of missing ones; write the site's responses as files for nginx."""
    targets: list[Target] = []
    missing: list[Row] = []
    for form, encoding in FORMS.items():
        answer = site.get(ARTICLE, Accept_Encoding=encoding)
        if answer.headers.get("content-encoding", "identity") != encoding:
            raise NotMeasured(f"the site does not send {form}")
        (www / _file(form)).write_bytes(answer.body)
        targets.append(Target(f"ours {form}", site.url + ARTICLE, (f"Accept-Encoding: {encoding}",)))
    return [*targets, *_not_modified("ours", site, ARTICLE, missing)], missing


def _file(form: str) -> str:
    return {"identity": "page", "gzip": "page.gz", "brotli": "page.br"}[form]


def _not_modified(whose: str, server: Server, path: str, missing: list[Row]) -> list[Target]:
    """Return the target of the 304, if the server supports it."""
    etag = server.get(path, Accept_Encoding="identity").headers.get("etag", "")
    if not etag or server.get(path, Accept_Encoding="identity", If_None_Match=etag).status != 304:
        missing.append(not_measured(f"article, 304 ({whose})", "the server does not answer If-None-Match"))
        return []
    return [Target(f"{whose} 304", server.url + path, ("Accept-Encoding: identity", f"If-None-Match: {etag}"))]


@contextmanager
def _nginx(www: Path) -> Iterator[list[Target]]:
    nginx = which("nginx") or which("nginx", path="/usr/sbin:/usr/local/sbin")
    if not nginx:
        raise NotMeasured("nginx was not found")
    folder, port = www.parent, free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(folder=folder, port=port, user=user))
    command = [nginx, "-c", str(settings), "-e", str(folder / "nginx.log")]
    with running(command, port, folder / "nginx.log", core=cores()[0]) as server:
        wait_for_port(server)
        yield _targets_of_nginx(server)


def _targets_of_nginx(server: Server) -> list[Target]:
    paths = {"identity": "/page", "gzip": "/page", "brotli": "/page.br"}
    targets = [
        Target(f"nginx {form}", server.url + paths[form], (f"Accept-Encoding: {encoding}",))
        for form, encoding in FORMS.items()
    ]
    return [*targets, *_not_modified("nginx", server, "/page", [])]


@contextmanager
def _gunicorn(www: Path, name: str, cache: str) -> Iterator[list[Target]]:
    """Run Django under gunicorn, with threads and keep-alive connections."""
    if not GUNICORN.exists():
        raise NotMeasured("gunicorn was not found; `make bench` installs it")
    port = free_port()
    options = ["-w", "1", "-k", "gthread", "--threads", "4", "-b", f"127.0.0.1:{port}", "--log-level", "error"]
    command = [str(GUNICORN), *options, "tests.bench.cached:application"]
    environment = {"PAGE_FILE": str(www / "page"), "PAGE_CACHE": cache}
    with running(command, port, www.parent / "gunicorn.log", environment, cores()[0]) as server:
        wait_for_port(server)
        yield [Target(name, f"{server.url}/page")]


def _rows(found: dict[str, Load]) -> Iterator[Row]:
    """Yield rows of figures measured on both sides."""
    for form in (*FORMS, "304"):
        if f"ours {form}" in found and f"nginx {form}" in found:
            yield from _beside_nginx(form, found[f"ours {form}"], found[f"nginx {form}"])
    identity = found["ours identity"]
    for form in ("304", "brotli"):
        if f"ours {form}" in found:
            plain = Yardstick("ours, identity", identity.per_second)
            yield at_least(f"article, {form}, beside identity", found[f"ours {form}"].per_second, plain, AS_FAST)
    for name, goal in ((CACHED, OF_CACHED), (PLAIN, None)):
        if name in found:
            yield at_least("article, identity", identity.per_second, Yardstick(name, found[name].per_second), goal)
    troubles = [f"{name}: {load.trouble}" for name, load in found.items() if load.errors]
    yield Row("article, errors of any server", "; ".join(troubles) or "0", goal="0", is_met=not troubles)


def _beside_nginx(form: str, ours: Load, nginx: Load) -> Iterator[Row]:
    goals = (OF_NGINX, P99_OF_NGINX) if form == "identity" else (None, None)
    yield at_least(f"article, {form}", ours.per_second, Yardstick("nginx", nginx.per_second), goals[0])
    yield at_most(f"article, {form}, p99", ours.p99, Yardstick("nginx", nginx.p99), goals[1])
