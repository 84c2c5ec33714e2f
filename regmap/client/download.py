"""Files from the server: on the disk whole, or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from .errors import BadAnswer, NoAnswer

_NAMED = re.compile(r'filename="?([^";]+)"?')
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}")
_DIGEST = re.compile(r'"?([0-9a-f]{64})(?::[a-z]+)?"?')
"""An ETag that is the SHA-256 of the content; compressed answers carry ``:gzip`` behind."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written.

    :param bytes: its size on the disk.
    :param sha256: of its content, in hex.
    """

    path: Path
    bytes: int
    sha256: str
    etag: str | None


class FileSink:
    """Writes a body beside its place, and moves it there when it is whole.

    :param to: the file; or a folder that is there: the file gets the name that the server gives.
    """

    def __init__(self, to: Path) -> None:
        self._to = to
        self._headers = httpx.Headers()
        self._target = to
        self._part: Path | None = None
        self._file: IO[bytes] | None = None
        self._digest = hashlib.sha256()
        self._size = 0

    def begin(self, headers: httpx.Headers) -> None:
        """Begin the file; what came of an earlier try is gone.

        :raises BadAnswer: if the server gives no usable name where it should.
        :raises OSError: if the file cannot be written.
        """
        self.drop()
        self._headers = headers
        self._target = self._to / _name_in(headers) if self._to.is_dir() else self._to
        self._part = self._target.with_name(f".{self._target.name}.{secrets.token_hex(4)}.part")
        self._file = self._part.open("xb")
        self._digest, self._size = hashlib.sha256(), 0

    def write(self, piece: bytes) -> None:
        """Write the next piece."""
        if self._file is not None:
            self._file.write(piece)
            self._digest.update(piece)
            self._size += len(piece)

    def end(self) -> Exported:
        """Put the file in its place.

        :raises NoAnswer: if the content is not what its ETag says.
        :raises OSError: if the disk refuses; the place is as it was then.
        """
        etag, digest = self._headers.get("ETag"), self._digest.hexdigest()
        named = _DIGEST.fullmatch(etag or "")
        if named is not None and named[1] != digest:
            raise NoAnswer(f"{self._target.name} is not what its ETag says.")
        if self._file is None or self._part is None:
            raise BadAnswer("A file ended that did not begin.")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._target)
        self._file = self._part = None
        return Exported(self._target, self._size, digest, etag)

    def drop(self) -> None:
        """Leave no half of a file behind."""
        if self._file is not None:
            self._file.close()
        if self._part is not None:
            self._part.unlink(missing_ok=True)
        self._file = self._part = None


def _name_in(headers: httpx.Headers) -> str:
    """The name that the server gives its file: a plain one, never a path."""
    named = _NAMED.search(headers.get("Content-Disposition", ""))
    name = named[1].strip() if named else ""
    if not _PLAIN.fullmatch(name):
        raise BadAnswer("The server gives the file no usable name; name one yourself.")
    return name
