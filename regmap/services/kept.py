"""Answers kept ready: a bounded store by question, the least used dropped first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Keeps what was made for a question; thread-safe.

    :param limit: how much is kept, in what ``weigh`` measures; one thing heavier than that is
        given out and not kept.
    :param weigh: how much a thing counts; 1 each if left out.
    """

    def __init__(self, limit: int, weigh: Callable[[T], int] = lambda _: 1) -> None:
        self._limit = limit
        self._weigh = weigh
        self._weight = 0
        self._things: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for a question, made now if it is not kept."""
        thing = self.find(key)
        if thing is None:
            thing = make()
            self.put(key, thing)
        return thing

    def find(self, key: Hashable) -> T | None:
        """What is kept for a question, if anything is."""
        with self._lock:
            if key in self._things:
                self._things.move_to_end(key)
            return self._things.get(key)

    def put(self, key: Hashable, thing: T) -> None:
        """Keep what was made for a question."""
        weight = self._weigh(thing)
        with self._lock:
            if key not in self._things and weight <= self._limit:
                self._things[key] = thing
                self._weight += weight
            while self._weight > self._limit:
                self._weight -= self._weigh(self._things.popitem(last=False)[1])
