"""Putting a file in place whole, or not at all."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def replace_whole(file: Path, content: bytes) -> bool:
    """Write a file beside its place and move it there, so that nobody ever reads a half.

    :returns: False where the disk refused (full, read-only): nothing has changed then.
    """
    try:
        put_whole(file, content)
    except OSError:
        return False
    return True


def put_whole(file: Path, content: bytes) -> None:
    """The same, for those who tell why the disk refused.

    :raises OSError: nothing has changed then.
    """
    with workshop(file.parent) as making:
        made = making / file.name
        write_synced(made, lambda path: path.write_bytes(content))
        made.replace(file)


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A folder inside another, to finish files in; it and what is left in it goes away.

    It lies on the same disk, so that a finished file can be moved to its place at once, and files
    made in it are as readable as any other (the folder alone is closed to other users).

    :raises OSError: if it cannot be made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as path:
        yield Path(path)


def write_synced(file: Path, write: Callable[[Path], object]) -> None:
    """Write a file and wait until the disk has it: moved unwritten, it could be empty after a fall.

    :raises OSError: if the disk refuses.
    """
    write(file)
    with file.open("rb") as written:
        os.fsync(written.fileno())
