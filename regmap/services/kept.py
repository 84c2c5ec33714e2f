"""Answers kept ready: a bounded store by question, the least used dropped first."""

import operator
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


class Lasting(Generic[T]):
    """Keeps what was made for a question for as long as all that it was made from is the same.

    It outlives snapshots: a revision changes one record, and what came from others stays as it was.
    Thread-safe.

    :param limit: how many things are kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._things: OrderedDict[Hashable, tuple[tuple[object, ...], T]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, parts: tuple[object, ...], make: Callable[[], T]) -> T:
        """What was made for a question, made now if it is not kept.

        :param parts: all that it is made from: the very objects, which must be immutable.
        """
        with self._lock:
            before = self._things.get(key)
            if before is not None and _is_same(before[0], parts):
                self._things.move_to_end(key)
                return before[1]
        thing = make()
        with self._lock:
            self._things[key] = (parts, thing)
            self._things.move_to_end(key)
            while len(self._things) > self._limit:
                self._things.popitem(last=False)
        return thing


def _is_same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(map(operator.is_, one, other))
