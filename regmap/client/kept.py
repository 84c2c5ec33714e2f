"""Answers that are kept with their ETags, so that an unchanged one need not be sent again."""

from __future__ import annotations

import threading
from collections import OrderedDict

import httpx

from .asking import Reply


class KeptAnswers:
    """The most recent answers by address, bounded in number and size; thread-safe.

    :param entries: how many at most; 0 keeps nothing.
    :param bytes_: how many bytes of bodies at most.
    """

    def __init__(self, entries: int = 256, bytes_: int = 32 << 20) -> None:
        self._entries = entries
        self._bytes = bytes_
        self._size = 0
        self._kept: OrderedDict[str, Reply] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, url: httpx.URL) -> Reply | None:
        """What was answered there last."""
        with self._lock:
            found = self._kept.get(str(url))
            if found is not None:
                self._kept.move_to_end(str(url))
            return found

    def keep(self, url: httpx.URL, reply: Reply) -> None:
        """Keep an answer, if it may be and can be named."""
        if "ETag" not in reply.headers or "no-store" in reply.headers.get("Cache-Control", ""):
            return
        with self._lock:
            self._drop(str(url))
            self._kept[str(url)] = reply
            self._size += len(reply.body)
            while len(self._kept) > self._entries or self._size > self._bytes:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: str) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._size -= len(gone.body)
