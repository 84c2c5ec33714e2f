"""Putting a file in place whole, or not at all."""

import os
import tempfile
from pathlib import Path


def replace_whole(file: Path, content: bytes) -> bool:
    """Write a file beside its place and move it there, so that nobody ever reads a half.

    :returns: False where the disk refused (full, read-only): nothing has changed then.
    """
    name = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
        Path(name).replace(file)
    except OSError:
        if name is not None:
            Path(name).unlink(missing_ok=True)
        return False
    return True
