"""A folder to make a file in, which nobody finds later: not even after the process was killed."""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = ".export-"
_IN_USE = ".in-use"


@contextmanager
def making(folder: Path) -> Iterator[Path]:
    """A folder inside another, on the same disk; it and what is left in it goes away.

    What processes that were killed have left there goes away too: a folder in use is locked, and
    the lock ends with its process.

    :raises OSError: if it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder):
        _sweep(folder)
        path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder))
        held = (path / _IN_USE).open("wb")
        fcntl.flock(held, fcntl.LOCK_EX)
    with held:
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def writable(folder: Path) -> Path:
    """The folder, or one for this process alone where nothing can be written there.

    A cache on a read-only disk only costs time; that is all that it may cost here too.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        instead = Path(tempfile.mkdtemp(prefix="regmap-exports-"))
        atexit.register(shutil.rmtree, instead, ignore_errors=True)
        return instead


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Holds a folder against others that want to make one in it: for an instant only."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
    finally:
        os.close(opened)


def _sweep(folder: Path) -> None:
    for left in folder.glob(f"{_PREFIX}*"):
        if not _is_in_use(left):
            shutil.rmtree(left, ignore_errors=True)


def _is_in_use(left: Path) -> bool:
    try:
        with (left / _IN_USE).open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
