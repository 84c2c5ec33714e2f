"""Being told when the edit log grows, by a store that can tell (PostgreSQL's LISTEN/NOTIFY)."""

import logging
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, text

from regmap.store.database import Database

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger("regmap")

CHANNEL = "regmap_revisions"

CHECK_SECONDS = 0.5
"""How often a store that does not tell is asked."""

QUIET_SECONDS = 5.0
"""How often one that tells is asked all the same: so long a silence may be a broken line."""


def tell(connection: Connection) -> None:
    """Tell all who listen, when the present transaction is committed, that the log has grown."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"NOTIFY {CHANNEL}"))


class Listener:
    """Waits for news of the log; for one thread.

    A line that breaks is opened again with the next wait; until then the store is asked often.
    """

    def __init__(self, database: Database) -> None:
        self._server = database.server
        self._line: psycopg.Connection[Any] | None = None
        self._was_cut = False

    @property
    def is_told(self) -> bool:
        """Whether a line to the store is open."""
        return self._line is not None

    def wait(self) -> None:
        """Return when there is news, or when it is time to ask."""
        if self._server is None:
            time.sleep(CHECK_SECONDS)
            return
        import psycopg

        try:
            if self._line is None:
                self._line = self._server.listening(CHANNEL)
                if self._was_cut:
                    log.info("listening to the store again")
                self._was_cut = False
                return  # what happened before it listened is not told any more: ask
            for _ in self._line.notifies(timeout=QUIET_SECONDS, stop_after=1):
                break
        except (psycopg.Error, OSError) as error:
            if not self._was_cut:
                log.warning("not told by the store any more, so it is asked: %s", error)
            self._was_cut = True
            self.close()
            time.sleep(CHECK_SECONDS)

    def close(self) -> None:
        """Give the line back."""
        if self._line is not None:
            self._line.close()
            self._line = None
