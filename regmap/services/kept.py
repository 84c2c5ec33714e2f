"""Answers kept ready: a bounded store of bytes by question, the least used dropped first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable


class Kept:
    """Keeps up to ``limit`` bytes in all; thread-safe.

    A body larger than the limit is given out and not kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._bodies: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The body of a question, made now if it is not kept."""
        with self._lock:
            body = self._bodies.get(key)
            if body is not None:
                self._bodies.move_to_end(key)
                return body
        body = make()
        with self._lock:
            if key not in self._bodies and len(body) <= self._limit:
                self._bodies[key] = body
                self._size += len(body)
            while self._size > self._limit:
                self._size -= len(self._bodies.popitem(last=False)[1])
        return body
