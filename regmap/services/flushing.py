"""What a worker counts in memory, and hands on now and then from a thread of its own."""

import logging
import threading
from abc import ABC, abstractmethod
from multiprocessing.util import Finalize

log = logging.getLogger("regmap")


class Flushing(ABC):
    """Something that is flushed now and then, and at the end of the process.

    ``flush_seconds``: how long between two times; ``thread_name``: what its thread is called;
    ``failure``: what the log says when flushing failed in a way that nobody thought of.
    """

    flush_seconds: float
    thread_name: str
    failure: str

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @abstractmethod
    def flush(self) -> object:
        """Hand on what was counted since the last time."""

    def start(self, every: float | None = None) -> None:
        """Flush now and then, and at the end of this process; to be called once in each worker.

        :param every: seconds between two times, instead of ``flush_seconds``.
        """
        if self._thread is not None:
            return
        self._thread = threading.Thread(
            target=self._run,
            args=(every or self.flush_seconds,),
            name=self.thread_name,
            daemon=True,
        )
        self._thread.start()
        # not atexit: a worker that multiprocessing forked ends without calling it
        Finalize(None, self.stop, exitpriority=1)

    def stop(self) -> None:
        """Flush what is left, and flush no more."""
        self._stop.set()
        self.flush()

    def _run(self, every: float) -> None:
        while not self._stop.wait(every):
            try:
                self.flush()
            except Exception:  # a thread that dies would count for ever and hand nothing on
                log.exception(self.failure)
