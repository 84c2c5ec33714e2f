"""A folder to make a file in, which nobody finds later: not even after the process was killed."""

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.util import Finalize
from pathlib import Path

_PREFIX = ".export-"
_IN_USE = ".in-use"
_ONLY_OURS = 0o700


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
    """The folder, or one of this user among the temporary files where nothing can be written there.

    A cache on a read-only disk only costs time; that is all that it may cost here too. All workers
    share the other folder, and the next run finds it: a worker that is killed leaves nothing more.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return _instead()


def _instead() -> Path:
    """A folder that only this user can open."""
    folder = Path(tempfile.gettempdir()) / f"regmap-exports-{os.getuid()}"
    with suppress(FileExistsError):
        folder.mkdir(mode=_ONLY_OURS)
    found = folder.lstat()
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if is_ours and stat.S_IMODE(found.st_mode) == _ONLY_OURS:
        return folder
    # somebody else has put something there: better a folder that no other process knows
    alone = Path(tempfile.mkdtemp(prefix="regmap-exports-"))
    # not atexit: a worker that multiprocessing forked ends without calling it
    Finalize(None, shutil.rmtree, (alone, True), exitpriority=1)
    return alone


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
