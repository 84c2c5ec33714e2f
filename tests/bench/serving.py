"""What one worker serves: rate beside a bare route, start, memory, and the first view's bytes."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.promise import Promise, at_least, at_most

_ROUNDS = 3
_SECONDS = 6
_SCRIPT = Path(__file__).with_name("random_points.lua")
_POINT = "/api/v1/status?lat=39.5&lon=-98.35"


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, and how long it took to the first answer."""

    url: str
    process: subprocess.Popen[bytes]
    started_in: float

    def worker_memory(self) -> float:
        """Resident memory of the one worker, in MB."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        worker = children.read_text().split()[-1]
        status = Path(f"/proc/{worker}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0


def measure_serving() -> Iterator[Promise]:
    """Serve with one worker and measure it; regmap and the bare route take turns."""
    size = 0
    rates: dict[str, list[float]] = {"regmap": [], "bare": []}
    for turn in range(_ROUNDS):
        with _serving(_regmap_command) as server:
            # The first start of all fills the cache; the second finds a loaded database.
            if turn == 1:
                yield at_most("from `regmap serve` to the first answer", server.started_in, 3, " s")
            size = len(_fetched(server.url + _POINT))
            _rate(server.url, 2)
            rates["regmap"].append(_rate(server.url, _SECONDS))
            if turn == _ROUNDS - 1:
                first_view = sum(_first_view(server.url))
                yield at_most("first view of /, compressed", first_view / 1000, 500, " KB")
                yield at_most("memory of the worker after that", server.worker_memory(), 250, " MB")
        os.environ["BARE_BYTES"] = str(size)
        with _serving(_bare_command) as server:
            _rate(server.url, 2)
            rates["bare"].append(_rate(server.url, _SECONDS))
    regmap, bare = (sorted(rates[name])[_ROUNDS // 2] for name in ("regmap", "bare"))
    yield at_least(
        f"rate of /status ({regmap:,.0f}/s) by a bare route's ({bare:,.0f}/s), {size} bytes",
        regmap / bare,
        0.6,
    )


def _regmap_command(port: int) -> list[str]:
    return [str(Path(sys.executable).with_name("regmap")), "serve", "--port", str(port)]


def _bare_command(port: int) -> list[str]:
    granian = str(Path(sys.executable).with_name("granian"))
    options = ["--interface", "wsgi", "--factory", "--blocking-threads", "1", "--port", str(port)]
    return [granian, *options, "tests.bench.bare:application"]


@contextmanager
def _serving(command: object) -> Iterator[Server]:
    assert callable(command)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    process = subprocess.Popen(command(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                _fetched(url + _POINT)
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() - started > 60:
                    raise RuntimeError(f"{command(port)} did not start") from None
                time.sleep(0.02)
        yield Server(url, process, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _fetched(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "br"})  # ours
    with urllib.request.urlopen(request) as response:
        body: bytes = response.read()
    return body if "/status" not in url else _plain(url)


def _plain(url: str) -> bytes:
    with urllib.request.urlopen(url) as response:
        body: bytes = response.read()
    return body


def _rate(url: str, seconds: int) -> float:
    """Requests per second that one load generator on the same machine gets answered."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("bench: the load generator wrk is missing (Debian: apt-get install wrk)")
    said = subprocess.run(
        [wrk, "-t1", "-c8", f"-d{seconds}s", "-s", str(_SCRIPT), url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"bench: not every request was answered\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    return float(found[1]) if found else 0.0


def _first_view(url: str) -> Iterator[int]:
    """Bytes on the wire (bodies) of all that the map page asks for."""
    page = urllib.request.urlopen(url).read().decode()
    assets = re.findall(r'(?:src|href)="(/(?:static|assets)/[^"]+)"', page)
    levels = ("country,state,territory,district", "county,tribal,place")
    data = [f"/api/v1/map?level={level}&format=topojson" for level in levels]
    for path in ("/", *assets, *data):
        yield len(_fetched(url + path))
