"""Downloads from a server of our own: good, slow, truncated, redirecting, wrong."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
import pytest

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.geo.imports import fetching
from regmap.geo.imports.fetching import Limits, fetch
from tests.geo.imports.files import mississippi, shapefile_zip

PATIENT_S = 20
"""No test waits this long: a server that is asked to be slow stops when the test is over."""


class Server(BaseHTTPRequestHandler):
    """Answers by path; ``content`` is the good file."""

    content: ClassVar[bytes] = b""
    over: ClassVar[threading.Event] = threading.Event()

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2].removesuffix(".zip")
        getattr(self, f"_{name}", self._missing)()

    def _head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()

    def _good(self) -> None:
        self._head(200, Content_Length=str(len(self.content)))
        self.wfile.write(self.content)

    def _unmeasured(self) -> None:
        self._head(200)
        self.wfile.write(self.content)

    def _truncated(self) -> None:
        self._head(200, Content_Length=str(len(self.content)))
        self.wfile.write(self.content[:100])

    def _half(self) -> None:
        self._head(200)
        self.wfile.write(self.content[:-100])

    def _page(self) -> None:
        self._head(200, Content_Length="6")
        self.wfile.write(b"<html>")

    def _slow(self) -> None:
        self._head(200, Content_Length=str(len(self.content)))
        self.wfile.write(self.content[:100])
        self.wfile.flush()
        self.over.wait(PATIENT_S)

    def _moved(self) -> None:
        self._head(302, Location="/other/good.zip")

    def _circle(self) -> None:
        self._head(302, Location="/circle.zip")

    def _elsewhere(self) -> None:
        self._head(302, Location="http://elsewhere.invalid/good.zip")

    def _scheme(self) -> None:
        self._head(302, Location="file:///etc/passwd")

    def _busy(self) -> None:
        self._head(503)

    def _missing(self) -> None:
        self._head(404)

    def log_message(self, *args: object) -> None:
        """Nothing: the test says what it saw."""


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return shapefile_zip(mississippi(), tmp_path / "tl_2024_28_place.zip").read_bytes()


@pytest.fixture
def url(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    Server.content = content
    Server.over = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        Server.over.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    return tmp_path / "downloads"


@pytest.mark.parametrize("name", ["good", "unmeasured", "moved"])
def test_a_whole_file_arrives_with_its_checksum_beside_it(
    url: str, downloads: Path, content: bytes, name: str
) -> None:
    fetched = fetch(f"{url}/{name}.zip", downloads)

    assert fetched.file == downloads / f"{name}.zip"
    assert fetched.file.read_bytes() == content
    assert (fetched.size, fetched.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    beside = (downloads / f"{name}.zip.sha256").read_text()
    assert beside == f"{fetched.sha256}  {name}.zip\n"
    assert len(list(downloads.iterdir())) == 2


def test_progress_is_told_up_to_the_end(url: str, downloads: Path, content: bytes) -> None:
    told: list[tuple[int, int | None]] = []

    fetch(f"{url}/good.zip", downloads, progress=lambda here, total: told.append((here, total)))

    assert told == sorted(told)
    assert told[-1] == (len(content), len(content))


def test_the_right_checksum_passes_in_either_case(
    url: str, downloads: Path, content: bytes
) -> None:
    right = hashlib.sha256(content).hexdigest()

    assert fetch(f"{url}/good.zip", downloads, right.upper()).sha256 == right


BAD = {
    "missing": "no such file \\(404\\)",
    "busy": "answers 503",
    "truncated": "cut short",
    "half": "damaged",
    "page": "no zip file",
    "slow": "in time",
    "circle": "redirects more than 5 times",
    "elsewhere": "neither https nor the same host",
    "scheme": "neither https nor the same host|cannot be fetched",
}


@pytest.mark.parametrize(("name", "said"), BAD.items(), ids=BAD)
def test_what_is_not_whole_is_told_and_not_kept(
    url: str, downloads: Path, name: str, said: str
) -> None:
    downloads.mkdir()
    earlier = downloads / f"{name}.zip"
    earlier.write_bytes(b"of an earlier day")

    with pytest.raises(DataProblem, match=said):
        fetch(f"{url}/{name}.zip", downloads, limits=Limits(timeout_s=0.5))

    assert [path.name for path in downloads.iterdir()] == [earlier.name]
    assert earlier.read_bytes() == b"of an earlier day"


def test_another_checksum_is_told_and_nothing_is_kept(url: str, downloads: Path) -> None:
    with pytest.raises(DataProblem, match=r"SHA-256.*nothing was kept"):
        fetch(f"{url}/good.zip", downloads, "0" * 64)

    assert list(downloads.iterdir()) == []


@pytest.mark.parametrize("name", ["good", "unmeasured"])
@pytest.mark.parametrize("limits", [Limits(max_bytes=500), Limits(longest_s=-1)], ids=str)
def test_too_large_or_too_long_is_given_up(
    url: str, downloads: Path, name: str, limits: Limits
) -> None:
    with pytest.raises(DataProblem, match=r"larger than 500 bytes|took longer"):
        fetch(f"{url}/{name}.zip", downloads, limits=limits)

    assert list(downloads.iterdir()) == []


def test_a_refused_connection_is_told(downloads: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        with pytest.raises(DataProblem, match="cannot be fetched"):
            fetch(f"http://127.0.0.1:{port}/good.zip", downloads)

    assert list(downloads.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["ftp://example.org/a.zip", "file:///etc/passwd", "a.zip", "http://"]
)
def test_only_http_addresses_are_fetched(downloads: Path, url: str) -> None:
    with pytest.raises(InvalidValue, match="--base-url"):
        fetch(url, downloads)


def test_a_folder_that_cannot_be_made_is_told(url: str, tmp_path: Path) -> None:
    (tmp_path / "downloads").write_text("in the way")

    with pytest.raises(DataProblem, match="cannot be written"):
        fetch(f"{url}/good.zip", tmp_path / "downloads")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.8", "169.254.169.254", "[fe80::1]"]
)
def test_no_server_can_send_us_to_an_address_inside_our_network(host: str) -> None:
    with pytest.raises(DataProblem, match="which is an address inside a network"):
        fetching._followed("https://www2.census.gov/a.zip", httpx.URL(f"https://{host}/a.zip"))


def test_a_redirect_to_another_public_host_is_followed_over_https() -> None:
    to = "https://1.1.1.1/a.zip"

    assert fetching._followed("https://www2.census.gov/a.zip", httpx.URL(to)) == to
