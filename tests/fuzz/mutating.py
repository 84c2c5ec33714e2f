"""Changing bytes: the mutator of those formats that have no structure of their own here."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

LONGEST = 1 << 16
"""How long an input may grow, in bytes."""

_NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_WIDTHS = (1, 2, 4, 8)
# What breaks readers of texts, whatever the format.
_WORDS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc0\xaf", b"\r", b"\n", b"\r\n",
    b'"', b"'", b"\\", b"%", b"%00", b"..", b"/", b"-", b"+", b"e9", b"NaN", b"1e999", b"-0",
    b"9" * 30, b"\xc2\xb2", b"\xd9\xa3", b"\xe2\x80\xae", b"\xef\xbf\xbe", b"\xf0\x9f\x8c\xbf",
    b"\xcc\x81" * 20, b"{" * 50, b"[" * 50, b"(" * 50, b"null", b"true", b"&amp;", b"<b>",
)  # fmt: skip

Step = Callable[[bytearray], None]


class Mutator:
    """Makes new inputs of old ones, the same for the same seed.

    :param words: what means something in the format.
    """

    def __init__(self, seed: int, words: Sequence[bytes] = (), longest: int = LONGEST) -> None:
        self._random = random.Random(seed)  # nothing secret
        self._words = (*words, *words, *_WORDS)
        self._longest = longest
        self._steps: tuple[Step, ...] = (
            self._flip, self._set, self._insert_word, self._replace_word, self._cut, self._repeat,
            self._move, self._number, self._insert_bytes, self._truncate,
        )  # fmt: skip

    def changed(self, pool: Sequence[bytes]) -> bytes:
        """An input of the pool, changed in a few places or joined with another."""
        chance = self._random
        data = bytearray(chance.choice(pool))
        if chance.random() < 0.1:
            other = chance.choice(pool)
            data[chance.randint(0, len(data)) :] = other[chance.randint(0, len(other)) :]
        for _ in range(chance.choice((1, 1, 1, 2, 3, 5, 8))):
            chance.choice(self._steps)(data)
        return bytes(data[: self._longest])

    def _place(self, data: bytearray) -> int:
        return self._random.randint(0, len(data))

    def _slice(self, data: bytearray, most: int = 64) -> slice:
        start = self._place(data)
        return slice(start, start + self._random.randint(1, most))

    def _flip(self, data: bytearray) -> None:
        if data:
            data[self._random.randrange(len(data))] ^= 1 << self._random.randrange(8)

    def _set(self, data: bytearray) -> None:
        if data:
            data[self._random.randrange(len(data))] = self._random.randrange(256)

    def _insert_word(self, data: bytearray) -> None:
        at = self._place(data)
        data[at:at] = self._random.choice(self._words)

    def _replace_word(self, data: bytearray) -> None:
        """Put one word of the format in the place of another, where it has one."""
        present = [word for word in self._words if word in data]
        if not present:
            return
        at = data.find(old := self._random.choice(present), self._place(data))
        at = data.find(old) if at < 0 else at
        data[at : at + len(old)] = self._random.choice(self._words)

    def _cut(self, data: bytearray) -> None:
        del data[self._slice(data)]

    def _repeat(self, data: bytearray) -> None:
        part = self._slice(data)
        times = self._random.choice((1, 2, 10, 100))
        data[part.start : part.start] = bytes(data[part]) * times

    def _move(self, data: bytearray) -> None:
        part = self._slice(data)
        taken = bytes(data[part])
        del data[part]
        at = self._place(data)
        data[at:at] = taken

    def _number(self, data: bytearray) -> None:
        width = self._random.choice(_WIDTHS)
        number = self._random.choice(_NUMBERS) % (1 << 8 * width)
        at = self._place(data)
        order = self._random.choice(("little", "big"))
        data[at : at + width] = number.to_bytes(width, order)  # type: ignore[arg-type]  # it is one

    def _insert_bytes(self, data: bytearray) -> None:
        at = self._place(data)
        data[at:at] = self._random.randbytes(self._random.randint(1, 8))

    def _truncate(self, data: bytearray) -> None:
        if self._random.random() < 0.3:
            del data[self._place(data) :]
