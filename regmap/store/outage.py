"""What is known of a store that is away: so that not everybody waits to find out anew."""

import threading
import time

from regmap.domain.errors import StoreAway

PAUSE_SECONDS = 1.0
"""How long after a failure nobody but those who look after it asks the store."""


class Outage:
    """Whether the store was away a moment ago; thread-safe.

    :param name: what the store is called in messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._until = 0.0
        self._patient = threading.local()

    def check(self) -> None:
        """Fail at once where asking the store would only cost time.

        :raises StoreAway: if it was away a moment ago.
        """
        if time.monotonic() < self._until and not getattr(self._patient, "is_patient", False):
            raise StoreAway(f"{self._name}: was away a moment ago")

    def note(self) -> None:
        """The store was found to be away."""
        self._until = time.monotonic() + PAUSE_SECONDS

    def over(self) -> None:
        """The store answers again."""
        self._until = 0.0

    def look_after(self) -> None:
        """Let this thread ask at all times: it is the one that finds out."""
        self._patient.is_patient = True
