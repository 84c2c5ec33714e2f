"""A real nginx with ``deploy/nginx.conf``, in front of whatever nodes a test names."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from regmap.settings import ROOT
from tests.deploy.composed import SITE
from tests.e2e.process import free_port

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
NAME = SITE["SITE_NAME"]
READY_SECONDS = 10
POLL_SECONDS = 0.02

# What stands around the file in nginx's own configuration; its clock is ours to move.
_AROUND = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
env FAKETIME_TIMESTAMP_FILE;
events {{ worker_connections 512; }}
http {{
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/unused;
    uwsgi_temp_path {folder}/unused;
    scgi_temp_path {folder}/unused;
    default_type application/octet-stream;
    include {folder}/regmap.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    """What came back; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def cache(self) -> str | None:
        """Where it came from, as the proxy tells."""
        return self.headers.get("x-cache")


@dataclass(frozen=True)
class Proxy:
    """A running proxy."""

    folder: Path
    port: int
    plain_port: int

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        **headers: str,
    ) -> Answer:
        """One request over TLS.

        :param headers: with ``_`` for ``-``; ``host`` takes the place of the site's own name.
        """
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(method, path, {"Host": NAME, **given}, body)

    def send(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> Answer:
        """The same with headers just as they are given, and none besides."""
        connection = http.client.HTTPConnection(NAME, self.port)
        connection.sock = self._connected(NAME)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            if body is not None:
                _send_all(connection.sock, body)
            got = connection.getresponse()
            told = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, told, got.read())
        finally:
            connection.close()

    def shakes_hands(self, name: str) -> bool:
        """Whether it speaks TLS under a name."""
        try:
            self._connected(name).close()
        except (ssl.SSLError, ConnectionError):
            return False
        return True

    def ask_plainly(self, path: str, host: str) -> Answer | None:
        """One request without TLS; None where the connection was closed without an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=10)
        try:
            connection.request("GET", path, headers={"Host": host})
            got = connection.getresponse()
            told = {name.lower(): value for name, value in got.getheaders()}
            return Answer(got.status, told, got.read())
        except http.client.RemoteDisconnected:
            return None
        finally:
            connection.close()

    def pass_time(self, seconds: int) -> None:
        """Let the proxy's clock, and no other, go ahead."""
        clock = self.folder / "clock"
        passed = int(clock.read_text(encoding="ascii")) + seconds
        clock.write_text(f"{passed:+d}\n", encoding="ascii")

    def log(self, requests: int) -> list[dict[str, Any]]:
        """What it wrote of each request, oldest first.

        :param requests: so many at least are waited for: it writes when it is done with them.
        """
        until = time.monotonic() + READY_SECONDS
        lines: list[str] = []
        while len(lines) < requests:
            assert time.monotonic() < until, f"only {len(lines)} requests are in the log"
            lines = (self.folder / "access.log").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def _connected(self, name: str) -> ssl.SSLSocket:
        trusting = ssl.create_default_context(cafile=self.folder / "tls" / "fullchain.pem")
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        return trusting.wrap_socket(plain, server_hostname=name)


@contextmanager
def proxying(folder: Path, nodes: Sequence[str]) -> Iterator[Proxy]:
    """nginx in front of two nodes.

    :param folder: an empty one, for all that it writes.
    :param nodes: their addresses, as ``http://127.0.0.1:8000``.
    """
    proxy = Proxy(folder, free_port(), free_port())
    _make_certificate(folder / "tls")
    (folder / "clock").write_text("+0\n", encoding="ascii")
    (folder / "regmap.conf").write_text(adapted(proxy, nodes), encoding="utf-8")
    # the worker of a master that is root is somebody else, who may not read the test's folders
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "nginx.conf").write_text(_AROUND.format(user=user, folder=folder), encoding="utf-8")
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert nginx is not None, "nginx is missing: scripts/install-test-tools installs it"
    process = subprocess.Popen(
        [nginx, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"],
        env=_with_our_clock(folder / "clock"),
    )
    try:
        _wait_until_ready(proxy, process)
        yield proxy
    finally:
        process.terminate()
        process.wait(READY_SECONDS)


def replaced(text: str, changes: dict[str, str]) -> str:
    """A text with some pieces of it replaced, each of which has to be there."""
    for before, after in changes.items():
        assert before in text, f"{before!r} is no longer in {CONFIGURATION.name}"
        text = text.replace(before, after)
    return text


def adapted(proxy: Proxy, nodes: Sequence[str]) -> str:
    """The file for this machine: nothing but names, addresses and folders is changed."""
    first, second = (urlsplit(node).netloc for node in nodes)
    return replaced(
        CONFIGURATION.read_text(encoding="utf-8"),
        {
            "${SITE_NAME}": NAME,
            "node-1:8000": first,
            "node-2:8000": second,
            "listen 80": f"listen 127.0.0.1:{proxy.plain_port}",
            "listen 443": f"listen 127.0.0.1:{proxy.port}",
            "/etc/nginx/tls/": f"{proxy.folder}/tls/",
            "/var/cache/nginx/": f"{proxy.folder}/",
            "/var/log/nginx/": f"{proxy.folder}/",
        },
    )


def _make_certificate(folder: Path) -> None:
    folder.mkdir()
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *(
                "-nodes",
                "-days",
                "2",
                "-subj",
                f"/CN={NAME}",
                "-addext",
                f"subjectAltName=DNS:{NAME}",
            ),
            *("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"),
        ],
        check=True,
        capture_output=True,
    )


def _with_our_clock(clock: Path) -> dict[str, str]:
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    assert found, "faketime is missing: scripts/install-test-tools installs it"
    return {
        **os.environ,
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",  # it looks at the file each time
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # timeouts stay as they are
    }


def _wait_until_ready(proxy: Proxy, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", proxy.port)).close()
        except ConnectionError:
            assert process.poll() is None, (proxy.folder / "error.log").read_text(encoding="utf-8")
            time.sleep(POLL_SECONDS)
        else:
            return
    raise AssertionError("the proxy did not get ready")


def _send_all(connection: socket.socket, body: bytes) -> None:
    """Send a body; one that is refused before its end may have its connection closed."""
    with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):
        connection.sendall(body)
