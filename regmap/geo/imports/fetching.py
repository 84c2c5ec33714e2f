"""Downloads a Census file: whole and checked, or not at all."""

import hashlib
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.geo.imports.archives import check_zip
from regmap.geo.imports.layers import finishing

BASE_URL = "https://www2.census.gov/geo/tiger"
"""The Census Bureau's own address of its TIGER/Line and cartographic boundary files."""

MAX_BYTES = 2 << 30
TIMEOUT_S = 60.0
"""Seconds without a byte after which a server is given up."""

LONGEST_S = 4 * 3600.0
"""Seconds after which a download is given up, however steadily it drips."""

_REDIRECTS = 5
_CHUNK = 1 << 18

Progress = Callable[[int, int | None], None]
"""Told how many bytes are here, and how many there are in all where the server says so."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A downloaded file; ``sha256`` also stands beside it, in ``FILE.sha256``."""

    file: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Limits:
    """When to give up: bytes, seconds of silence, seconds in all."""

    max_bytes: int = MAX_BYTES
    timeout_s: float = TIMEOUT_S
    longest_s: float = LONGEST_S


def fetch(
    url: str,
    folder: Path,
    sha256: str | None = None,
    progress: Progress = lambda here, total: None,
    limits: Limits | None = None,
) -> Fetched:
    """Download a zip into a folder, in place of an earlier one of its name.

    Redirects are followed to the same host or over https to a public one, never from https to
    http: a server cannot send us to what only this machine's network can reach. The length
    must be what the server said, and every file in the zip must match its own checksum. The
    Census publishes no checksums: ``sha256`` is the one that you know from elsewhere.

    :raises DataProblem: saying what went wrong; the folder is as it was then.
    :raises InvalidValue: if the address is not http or https.
    """
    limits = limits or Limits()
    name = Path(urlsplit(url).path).name
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname or not name:
        raise InvalidValue({"--base-url": [f"{url} is no http or https address of a file."]})
    with finishing(folder) as making:
        made = making / name
        try:
            size, actual = _download(url, made, progress, limits)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DataProblem(f"{url}: {_reason(error)}") from None
        if sha256 is not None and actual != sha256.strip().lower():
            raise DataProblem(f"{url}: has the SHA-256 {actual}, not {sha256}; nothing was kept")
        _check(url, made)
        beside = making / f"{name}.sha256"
        beside.write_text(f"{actual}  {name}\n", encoding="utf-8")
        made.replace(folder / name)
        beside.replace(folder / beside.name)
    return Fetched(folder / name, actual, size)


def _check(url: str, made: Path) -> None:
    try:
        check_zip(made)
    except DataProblem as error:
        told = str(error).removeprefix(f"{made}: ")
        raise DataProblem(f"{url}: {told}; nothing was kept") from None


def _download(url: str, target: Path, progress: Progress, limits: Limits) -> tuple[int, str]:
    """Write what an address answers into a file; its size in bytes and its SHA-256."""
    # Packed by the server, the length could not be compared.
    headers = {"Accept-Encoding": "identity"}
    with httpx.Client(timeout=limits.timeout_s, headers=headers) as client:
        for _ in range(_REDIRECTS + 1):
            with client.stream("GET", url) as response:
                if response.next_request is not None:
                    url = _followed(url, response.next_request.url)
                    continue
                if response.status_code != httpx.codes.OK:
                    raise DataProblem(f"{url}: {_status(response)}")
                return _store(url, response, target, progress, limits)
    raise DataProblem(f"{url}: redirects more than {_REDIRECTS} times")


def _followed(url: str, to: httpx.URL) -> str:
    before = httpx.URL(url)
    downgraded = before.scheme == "https" and to.scheme != "https"
    if downgraded or (to.scheme != "https" and to.host != before.host):
        raise DataProblem(f"{url}: redirects to {to}, which is neither https nor the same host")
    if to.host != before.host and _is_inside(to.host):
        raise DataProblem(f"{url}: redirects to {to}, which is an address inside a network")
    return str(to)


def _is_inside(host: str) -> bool:
    """Whether a host is no public one: by its number, or by what its name resolves to."""
    try:
        found = socket.getaddrinfo(host, None)
    except OSError:
        return False  # it will not be reached, either
    return not all(ip_address(str(one[4][0]).partition("%")[0]).is_global for one in found)


def _status(response: httpx.Response) -> str:
    if response.status_code == httpx.codes.NOT_FOUND:
        return "the server has no such file (404): check state, year and kind"
    return f"the server answers {response.status_code} {response.reason_phrase}"


def _store(
    url: str, response: httpx.Response, target: Path, progress: Progress, limits: Limits
) -> tuple[int, str]:
    told = response.headers.get("Content-Length", "")
    total = int(told) if told.isascii() and told.isdigit() else None
    if total is not None and total > limits.max_bytes:
        raise DataProblem(f"{url}: is larger than {limits.max_bytes} bytes")
    digest, size = hashlib.sha256(), 0
    until = time.monotonic() + limits.longest_s
    with target.open("wb") as opened:
        for chunk in response.iter_raw(_CHUNK):
            opened.write(chunk)
            digest.update(chunk)
            size += len(chunk)
            if size > limits.max_bytes:
                raise DataProblem(f"{url}: is larger than {limits.max_bytes} bytes")
            if time.monotonic() > until:
                raise DataProblem(f"{url}: took longer than {limits.longest_s:.0f} seconds")
            progress(size, total)
        opened.flush()
        os.fsync(opened.fileno())
    if total is not None and size != total:
        raise DataProblem(f"{url}: ended after {size} of {total} bytes; nothing was kept")
    return size, digest.hexdigest()


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "the server does not answer in time; nothing was kept"
    if isinstance(error, httpx.RemoteProtocolError):
        return f"the answer was cut short ({error}); nothing was kept"
    return f"cannot be fetched ({error}); nothing was kept"
