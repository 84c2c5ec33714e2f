"""A TCP line that a test can hold."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_LOOK_SECONDS = 0.02


class Wire:
    """A TCP line to a port of this machine that can be held; closed at the end.

    ``port``: where to connect to.
    """

    def __init__(self, to: int) -> None:
        self._to = to
        self._held = threading.Event()
        self._closed = False
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._thread = threading.Thread(target=self._carry, daemon=True)

    def __enter__(self) -> Wire:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed = True
        self._thread.join()
        self._door.close()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing passes, and nobody is told: as when a switch on the way dies."""
        self._held.set()
        try:
            yield
        finally:
            self._held.clear()

    def _carry(self) -> None:
        pairs: dict[socket.socket, socket.socket] = {}
        while not self._closed:
            if self._held.is_set():
                time.sleep(_LOOK_SECONDS)
                continue
            ready, _, _ = select.select([self._door, *pairs], [], [], _LOOK_SECONDS)
            for one in ready:
                if one is self._door:
                    self._join(pairs)
                elif one in pairs:
                    self._pass_on(pairs, one)
        for one in pairs:
            one.close()

    def _join(self, pairs: dict[socket.socket, socket.socket]) -> None:
        near, _ = self._door.accept()
        try:
            far = socket.create_connection(("127.0.0.1", self._to), timeout=5)
        except OSError:
            near.close()
            return
        pairs[near], pairs[far] = far, near

    def _pass_on(self, pairs: dict[socket.socket, socket.socket], one: socket.socket) -> None:
        other = pairs[one]
        try:
            sent = one.recv(65_536)
            if sent:
                other.sendall(sent)
                return
        except OSError:
            pass
        for end in (one, other):
            del pairs[end]
            end.close()
