"""Named arrays in one file, mapped into memory, so that all processes share its pages.

The file: eight bytes with the length of a JSON head, the head (name, type, shape and place of each
array, and a checksum), then the arrays. Each starts at a multiple of 64 bytes.
"""

import json
import mmap
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from regmap.files import replace_whole

Array = np.ndarray[Any, Any]
Arrays = Mapping[str, Array]

_ALIGNED = 64
_READ = 1 << 22  # bytes read at a time when a file is checked


def kept_arrays(file: Path | None, build: Callable[[], Arrays]) -> Arrays:
    """Some arrays out of a file, or built, and then written there for the next process.

    Two processes that build at once both write a whole file; the later one stays.

    :param file: None, or one that cannot be written, only makes this slower.
    :returns: arrays that cannot be written to if they come from the file.
    """
    if file is None:
        return build()
    kept = _mapped(file)
    if kept is not None:
        return kept
    built = build()
    if not replace_whole(file, _packed(built)):
        return built
    return _mapped(file) or built


def _packed(arrays: Arrays) -> bytes:
    blocks: list[bytes] = []
    entries: dict[str, Any] = {}
    place = crc = 0
    for name, array in arrays.items():
        content = np.ascontiguousarray(array).tobytes()
        content += bytes(-len(content) % _ALIGNED)
        entries[name] = [array.dtype.str, list(array.shape), place]
        place += len(content)
        crc = zlib.crc32(content, crc)
        blocks.append(content)
    head = json.dumps({"arrays": entries, "bytes": place, "crc": crc}).encode()
    head += b" " * (-(len(head) + 8) % _ALIGNED)
    return b"".join([len(head).to_bytes(8, "little"), head, *blocks])


def _mapped(file: Path) -> Arrays | None:
    """The arrays of a file, or None where it is missing or damaged."""
    try:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            if length > file.stat().st_size:
                return None
            head = json.loads(opened.read(length))
            start = opened.tell()
            if start + head["bytes"] != file.stat().st_size or _crc(opened) != head["crc"]:
                return None
            content = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        return {
            name: np.frombuffer(
                content, np.dtype(kind), count=int(np.prod(shape)), offset=start + place
            ).reshape(shape)
            for name, (kind, shape, place) in head["arrays"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _crc(opened: Any) -> int:
    crc = 0
    while block := opened.read(_READ):
        crc = zlib.crc32(block, crc)
    return crc
