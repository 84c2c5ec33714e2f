"""``python -m tests.deploy.measuring``: what one node and the proxy answer in a second.

One worker, nginx with one process, and wrk share the cores of this machine;
``docs/operate/scale.md`` shows what it printed.
"""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from rich.console import Console
from rich.table import Table

from regmap.settings import ROOT
from tests.bench.servers import fetched, load, regmap, serving
from tests.deploy import proxy as proxies
from tests.deploy.proxy import NAME, proxying
from tests.e2e.process import REGMAP

_SECONDS = 6
_POINTS = ROOT / "tests" / "bench" / "random_points.lua"
_QUESTIONS = {
    "an address that is asked for again and again": "/api/v1/jurisdictions/US-AL",
    "a page": "/jurisdictions/US-AL",
    "the map page": "/",
    "the map's data": "/api/v1/map/timeline",
}


def main() -> None:
    """Measure, and print a table."""
    table = Table("what", "node", "node, gzip", "proxy with TLS, gzip")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["REGMAP_DATABASE_URL"] = f"sqlite:///{Path(folder) / 'measured.sqlite'}"
        os.environ["REGMAP_CACHE_DIR"] = str(Path(folder) / "cache")
        (Path(folder) / "proxy").mkdir()
        for command in ("init", "load"):
            subprocess.run([REGMAP, command], check=True, capture_output=True)
        _let_wrk_in()
        with (
            serving(regmap()) as server,
            proxying(Path(folder) / "proxy", [server.url, server.url]) as proxy,
        ):
            load(server.url, 3)
            site = f"https://127.0.0.1:{proxy.port}"
            told = (_rate(server.url), _rate(server.url, gzip=True), _rate(site, gzip=True))
            table.add_row("spots all over the United States", *told)
            for what, path in _QUESTIONS.items():
                fetched(server.url + path)
                told = (
                    _rate(server.url, path),
                    _rate(server.url, path, gzip=True),
                    _rate(site, path, gzip=True),
                )
                table.add_row(what, *told)
    Console().print(table)
    print(f"{os.cpu_count()} cores shared by all three, requests in a second")


def _rate(site: str, path: str = "", *, gzip: bool = False) -> str:
    """Requests in a second: of one path, or without one of random spots."""
    name = NAME if site.startswith("https") else urlsplit(site).netloc
    headers = ["-H", f"Host: {name}"]
    headers += ["-H", "Accept-Encoding: gzip"] if gzip else []
    script = [] if path else ["-s", str(_POINTS)]
    command = ["wrk", "-t1", "-c32", f"-d{_SECONDS}s", *headers, *script, site + path]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    (line,) = (line for line in said.splitlines() if line.startswith("Requests/sec"))
    return f"{float(line.split()[1]):,.0f}"


def _let_wrk_in() -> None:
    """wrk names no site when it begins to speak TLS, and opens 32 connections."""
    adapted = proxies.adapted

    def open_to_all(proxy: proxies.Proxy, nodes: Sequence[str]) -> str:
        closed = f"    listen 127.0.0.1:{proxy.port} ssl http2 default_server;\n"
        opened = adapted(proxy, nodes).replace(closed, "")
        return opened.replace("    ssl_reject_handshake on;\n", "")

    proxies.adapted = open_to_all


if __name__ == "__main__":
    main()
