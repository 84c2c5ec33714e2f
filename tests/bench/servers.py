"""Servers to be measured: regmap as its users start it, and the bare route beside it."""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

POINT = "/api/v1/status?lat=39.5&lon=-98.35"
_SCRIPT = Path(__file__).with_name("random_points.lua")
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}

Command = Callable[[int], list[str]]


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, and how long it took to the first answer."""

    url: str
    process: subprocess.Popen[bytes]
    started_in: float

    def worker_memory(self) -> float:
        """Resident memory of the last worker, in MB; of mapped files only what it has read."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        worker = children.read_text().split()[-1]
        status = Path(f"/proc/{worker}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0


@dataclass(frozen=True)
class Load:
    """What a load generator saw: answers per second, the 99th percentile in ms, and errors."""

    rate: float
    p99_ms: float
    errors: int


def regmap(workers: int = 1) -> Command:
    """The command that serves regmap."""
    return partial(_regmap, workers)


def _regmap(workers: int, port: int) -> list[str]:
    program = str(Path(sys.executable).with_name("regmap"))
    return [program, "serve", "--port", str(port), "--workers", str(workers)]


def bare(port: int) -> list[str]:
    """The command that serves the bare route."""
    granian = str(Path(sys.executable).with_name("granian"))
    options = ["--interface", "wsgi", "--factory", "--blocking-threads", "1", "--port", str(port)]
    return [granian, *options, "tests.bench.bare:application"]


@contextmanager
def serving(command: Command) -> Iterator[Server]:
    """A server while it runs, from its first answer on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    started = time.perf_counter()
    # with a key it is served as in production; one address asks for more than it may
    settings = {"REGMAP_SECRET_KEY": secrets.token_hex(32), "REGMAP_RATE_LIMITS": "off"}
    process = subprocess.Popen(
        command(port),
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                fetched(url + POINT)
                break
            except OSError:
                if process.poll() is not None or time.perf_counter() - started > 120:
                    raise RuntimeError(f"{command(port)} did not start") from None
                time.sleep(0.02)
        yield Server(url, process, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def fetched(url: str, encoding: str = "identity") -> bytes:
    """The body of an answer, as it came over the wire."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(request) as response:
        body: bytes = response.read()
    return body


def load(url: str, seconds: int, clients: int = 8) -> Load:
    """Ask for random points from several clients at once, with a generator on this machine."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("bench: the load generator wrk is missing (Debian: apt-get install wrk)")
    said = subprocess.run(
        [wrk, "-t1", f"-c{clients}", f"-d{seconds}s", "--latency", "-s", str(_SCRIPT), url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    broken = re.search(r"Socket errors: (.*)", said)
    errors = [*([refused[1]] if refused else []), *re.findall(r"\d+", broken[1] if broken else "")]
    return Load(
        rate=float(rate[1]) if rate else 0.0,
        p99_ms=float(p99[1]) * _UNITS[p99[2]] if p99 else float("inf"),
        errors=sum(map(int, errors)),
    )
