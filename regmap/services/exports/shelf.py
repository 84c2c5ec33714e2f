"""Finished files kept on disk, so that a second request only sends them: shared by all workers."""

import fcntl
import hashlib
import json
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from regmap.domain.errors import ExportFailed
from regmap.domain.wording import said
from regmap.services.bundle import Services
from regmap.services.exports.columns import COLUMNS, Table
from regmap.services.exports.files import Question, write_table
from regmap.services.exports.making import making

KEPT_FILES = 60
KEPT_BYTES = 256 << 20
"""What is kept at most; the least recently asked for goes first."""

WAIT_SECONDS = 3.0
"""How long a request waits while another file is being packed."""

_RETRY_SECONDS = 5
_CHUNK = 1 << 20  # bytes compressed at once
_ZIP_LEVEL = 4  # half the time of the usual 6, and 3 % larger
_AS_GZIP = 16  # zlib.h, deflateInit2
_ZIPPED = ".gz"
_STEP_SECONDS = 0.05
_FORMAT = 1  # raise it when what the files look like changes, beside their columns
_LOCK = ".packing"
_DIGEST = 64  # hexadecimal digits of SHA-256


@dataclass(frozen=True, slots=True)
class Shelved:
    """A file: its size in bytes and its SHA-256 in hexadecimal (of what is in it, if zipped)."""

    path: Path
    bytes: int
    sha256: str


class Shelf:
    """Keeps files by data version and question, in a folder that may be emptied at any time.

    :param kept_files: how many at most.
    :param kept_bytes: how much at most; a single file may be larger.
    """

    def __init__(
        self, folder: Path, kept_files: int = KEPT_FILES, kept_bytes: int = KEPT_BYTES
    ) -> None:
        self._folder = folder
        self._kept_files = kept_files
        self._kept_bytes = kept_bytes

    def known(self, asked: Services, question: Question, zipped: bool = False) -> Shelved | None:
        """The file of a question, if it is there.

        :param zipped: the one compressed with gzip.
        """
        return self.find(_name(asked, question) + (_ZIPPED if zipped else ""))

    def opened(
        self, asked: Services, question: Question, zipped: bool = False
    ) -> tuple[Shelved, BinaryIO]:
        """The file of a question, open: from now on nobody can take it away.

        :param zipped: compressed with gzip, made once as well.
        :raises InvalidValue: as :meth:`get` does.
        :raises ExportFailed: as :meth:`get` does.
        """
        for _ in range(2):  # another worker may drop it before it is open
            with suppress(FileNotFoundError):
                file = (self._zipped if zipped else self.get)(asked, question)
                return file, file.path.open("rb")
        raise ExportFailed(
            said("the file could not be made; please try again in a moment"),
            retry_after=_RETRY_SECONDS,
        )

    def get(self, asked: Services, question: Question) -> Shelved:
        """The file of a question, made now if it is not there.

        :raises InvalidValue: as :func:`~regmap.services.exports.files.write_table` does.
        :raises ExportFailed: if it could not be made, or another one is being packed.
        """
        name = _name(asked, question)
        found = self.find(name)
        if found is not None:
            return found
        try:
            if not question.form.is_packed:
                return self._made(asked, question, name)
            with self._alone():  # packing takes a processor and memory of its own
                return self.find(name) or self._made(asked, question, name)
        except OSError as error:
            raise ExportFailed(said("there is no room for the file")) from error

    def find(self, name: str) -> Shelved | None:
        """The file of that name (its digest comes behind), marked as asked for."""
        for path in self._folder.glob(f"{name}-*"):
            try:
                os.utime(path)
                return Shelved(path, path.stat().st_size, path.stem[-_DIGEST:])
            except FileNotFoundError:  # another worker has dropped it right now
                continue
        return None

    def _made(self, asked: Services, question: Question, name: str) -> Shelved:
        with making(self._folder) as folder:
            made = write_table(asked, question, folder / f"{name}.{question.form}")
            path = self._folder / f"{name}-{made.sha256}.{question.form}"
            made.path.replace(path)
        self._trim(path)
        return Shelved(path, made.bytes, made.sha256)

    def _zipped(self, asked: Services, question: Question) -> Shelved:
        name = _name(asked, question) + _ZIPPED
        found = self.find(name)
        if found is not None:
            return found
        plain, source = self.opened(asked, question)
        try:
            with source, making(self._folder) as folder:
                made = folder / name
                _zip(source, made)
                path = self._folder / f"{name}-{plain.sha256}.{question.form}"
                made.replace(path)
                size = path.stat().st_size
        except OSError as error:
            raise ExportFailed(said("there is no room for the file")) from error
        self._trim(path)
        return Shelved(path, size, plain.sha256)

    def _trim(self, newest: Path) -> None:
        """Drop what is too much, the least recently asked for first."""
        aged = []
        for path in self._folder.glob(f"*-{'?' * _DIGEST}.*"):
            try:
                told = path.stat()
            except FileNotFoundError:
                continue
            aged.append((path != newest, -told.st_mtime_ns, told.st_size, path))
        size = 0
        for place, (_, _, one, path) in enumerate(sorted(aged)):
            size += one
            if place and (place >= self._kept_files or size > self._kept_bytes):
                path.unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / _LOCK).open("wb") as lock:
            until = time.monotonic() + WAIT_SECONDS
            while not _locked(lock.fileno()):
                if time.monotonic() > until:
                    raise ExportFailed(
                        said("another file is being made; please try again in a moment"),
                        retry_after=_RETRY_SECONDS,
                    )
                time.sleep(_STEP_SECONDS)
            yield


def _zip(source: BinaryIO, target: Path) -> None:
    """Compress a file; always to the same bytes."""
    packer = zlib.compressobj(_ZIP_LEVEL, wbits=zlib.MAX_WBITS + _AS_GZIP)
    with target.open("wb") as opened:
        while chunk := source.read(_CHUNK):
            opened.write(packer.compress(chunk))
        opened.write(packer.flush())


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _name(asked: Services, question: Question) -> str:
    """What a file follows from, as a digest."""
    shapes = (question.geometry, asked.snapshot.geography.atlas.version)
    # only what is of a day ages with it
    today = question.today if question.table is Table.STATUSES else None
    told = [
        _FORMAT,
        asked.snapshot.data_version,
        question.table,
        question.form,
        str(question.day),
        question.substance,
        shapes if question.form.has_shapes else None,
        str(today),
        [[column.name, column.kind] for column in COLUMNS[question.table]],
    ]
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()
