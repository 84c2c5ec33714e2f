"""Small disks of a test, which can be filled."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

import pytest

BLOCK = 4096


def may_mount() -> bool:
    """Whether this machine lets us have a disk of our own."""
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True)
    return tried.returncode == 0


@contextmanager
def small_disk(folder: Path, size: str = "4m") -> Iterator[Path]:
    """A disk of its own at a new folder, owned by whoever owns the folder above."""
    folder.mkdir()
    owner = folder.parent.stat()
    options = f"size={size},mode=0700,uid={owner.st_uid},gid={owner.st_gid}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        # lazy: who still has a file open there ends a moment later
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(out: FileIO) -> None:
    """Write for as long as there is room.

    :raises OSError: when there is none any more.
    """
    while True:
        out.write(bytes(BLOCK))


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte is left on a disk."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as out, pytest.raises(OSError, match="No space left"):
        fill(out)
    yield
    filler.unlink()
