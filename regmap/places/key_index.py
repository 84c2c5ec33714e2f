"""Sorted keys in one block of memory: found exactly by bisection, or with typing errors.

A key's letters, as a set of bits, tell how many errors lie between two keys at least: keys whose
sets differ too much are passed over without a look, which leaves a few hundred of 150,000.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import Any

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

_NEWLINE = 10


def errors_forgiven(key: str) -> int:
    """How many typing errors (letters left out, put in, changed or swapped) a key may have."""
    return 0 if len(key) < 4 else 1 if len(key) < 7 else 2


class KeyIndex:
    """Keys without newlines, sorted by their UTF-8 bytes, each once; known by position.

    :param block: the keys, each ended by a newline.
    """

    def __init__(self, block: bytes) -> None:
        self._block = block
        octets = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(octets == _NEWLINE)
        self._starts = np.concatenate(([0], ends + 1)).astype(np.uint32)
        # A letter is one bit of 32: the low five bits of its (last) byte.
        bits = np.left_shift(np.uint32(1), (octets & 31).astype(np.uint32))
        bits[octets == _NEWLINE] = 0
        bits[octets >= 192] = 0  # first bytes of other scripts: their last bytes tell enough
        starts = self._starts[:-1]
        self._letters = np.bitwise_or.reduceat(bits, starts) if len(starts) else bits[:0]
        self._lengths = np.diff(self._starts) - 1

    @classmethod
    def of(cls, keys: Iterable[str]) -> "KeyIndex":
        """An index of these keys, which come in order."""
        return cls("".join(f"{key}\n" for key in keys).encode())

    def __len__(self) -> int:
        return len(self._starts) - 1

    def key(self, position: int) -> str:
        """The key at a position."""
        return self._octets(position).decode()

    def _octets(self, position: int) -> bytes:
        return self._block[self._starts[position] : self._starts[position + 1] - 1]

    def position(self, key: str) -> int | None:
        """Where a key stands, if it is there."""
        wanted = key.encode()
        found = bisect_left(range(len(self)), wanted, key=self._octets)
        return found if found < len(self) and self._octets(found) == wanted else None

    def starting(self, prefix: str) -> range:
        """Positions of the keys that begin with a text."""
        wanted = prefix.encode()

        def head(position: int) -> bytes:
            return self._octets(position)[: len(wanted)]

        every = range(len(self))
        return range(bisect_left(every, wanted, key=head), bisect_right(every, wanted, key=head))

    def similar(self, key: str, errors: int) -> list[tuple[int, int]]:
        """Positions of the keys with at most so many typing errors, and how many: best first."""
        if not errors or not len(self):
            return []
        near = self._candidates(key, errors)
        if not len(near):
            return []
        starts, ends = self._starts[near].tolist(), self._starts[near + 1].tolist()
        choices = [
            self._block[start : end - 1].decode() for start, end in zip(starts, ends, strict=True)
        ]
        found = process.extract(key, choices, scorer=OSA.distance, score_cutoff=errors, limit=None)
        return [(int(near[number]), int(distance)) for _, distance, number in found]

    def _candidates(self, key: str, errors: int) -> "np.ndarray[Any, Any]":
        octets = key.encode()
        letters = np.uint32(0)
        for octet in octets:
            if octet < 192:
                letters |= np.uint32(1 << (octet & 31))
        width = len(octets) // max(len(key), 1) + (len(octets) % max(len(key), 1) > 0)
        differing = np.bitwise_count(self._letters ^ letters)
        off = np.abs(self._lengths.astype(np.int32) - len(octets))
        # A letter of another script is two or three bytes, of which the first has no bit.
        bits_off = 2 * errors * max(width - 1, 1)
        return np.flatnonzero((differing <= bits_off) & (off <= errors * width))
