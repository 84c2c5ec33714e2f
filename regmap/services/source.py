"""Where snapshots come from: the present one, swapped when the store moves, and past ones."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Generic, TypeVar

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Record
from regmap.domain.vocabulary import Substance
from regmap.domain.wording import said
from regmap.services.snapshot import Geography, Snapshot, build_snapshot, supposed
from regmap.store import revisions
from regmap.store.database import Database

CHECK_SECONDS = 0.5
"""How long a snapshot is served before the store is asked whether it has moved."""

KEPT_PASTS = 4
"""How many past snapshots are kept for further questions: those asked for last."""

View = TypeVar("View")


class SnapshotSource(Generic[View]):
    """Gives what ``view`` makes of the present snapshot, or of a past one; thread-safe.

    :param view: wraps a snapshot in the services that answer from it.
    """

    def __init__(
        self,
        database: Database,
        substances: Mapping[str, Substance],
        geography: Geography,
        view: Callable[[Snapshot], View],
    ) -> None:
        self._database = database
        self._substances = substances
        self._geography = geography
        self._view = view
        self._lock = threading.Lock()
        self._pasts: OrderedDict[int, View] = OrderedDict()
        self._checked = time.monotonic()
        self._snapshot = self._load(None)
        self._current = view(self._snapshot)

    def current(self) -> View:
        """The newest view, at most half a second behind the store.

        While the store cannot be read, the last one is served on.
        """
        due = time.monotonic() - self._checked > CHECK_SECONDS
        if due and self._lock.acquire(blocking=False):
            try:
                self._refresh()
            finally:
                self._lock.release()
        return self._current

    def refreshed(self) -> View:
        """The newest view, after asking the store: what was written before is in it.

        While the store cannot be read, the last one.
        """
        with self._lock:
            self._refresh()
        return self._current

    def known_at(self, moment: datetime) -> View:
        """What the data set said at a past moment.

        :raises InvalidValue: if the moment lies in the future.
        """
        if moment > datetime.now(UTC):
            raise InvalidValue({"known_at": [said("Lies in the future.")]})
        with self._database.reading() as connection:
            last = revisions.latest(connection, moment)
        if last[0] == self._snapshot.revision:
            return self._current
        with self._lock:
            if last[0] not in self._pasts:
                self._pasts[last[0]] = self._view(self._load(last))
            self._pasts.move_to_end(last[0])
            if len(self._pasts) > KEPT_PASTS:
                self._pasts.popitem(last=False)
            return self._pasts[last[0]]

    def supposing(
        self,
        record: Record | None,
        jurisdiction_id: str,
        substance: str,
        jurisdiction: Jurisdiction | None = None,
    ) -> View:
        """The present view as it would be with another record (None: without it).

        Nothing is stored, and the store is not asked: compare it with a view that ``current`` gave
        right before.

        :param jurisdiction: the jurisdiction itself, where that is new too.
        :raises UnknownJurisdiction: if the record's jurisdiction, or the parent of the new one, is
            none.
        :raises DataProblem: if the jurisdiction contradicts the rest.
        """
        key = (jurisdiction_id, substance)
        return self._view(supposed(self._snapshot, key, record, jurisdiction))

    def store_answers(self) -> bool:
        """Whether the store can be read right now."""
        try:
            with self._database.reading() as connection:
                revisions.latest(connection)
        except DataProblem:
            return False
        return True

    def _refresh(self) -> None:
        try:
            with self._database.reading() as connection:
                last = revisions.latest(connection)
                if last[0] == self._snapshot.revision:
                    return
                moved = revisions.heads(connection, last[0], after=self._snapshot.revision)
                heads = {head.subject: head for head in moved}
            moved_to = build_snapshot(
                heads, last, self._substances, self._geography, self._snapshot
            )
            view = self._view(moved_to)
            self._current, self._snapshot = view, moved_to
        except DataProblem:
            return  # readers keep what they have; /readyz tells that the store is away
        finally:
            self._checked = time.monotonic()

    def _load(self, last: tuple[int, str] | None) -> Snapshot:
        with self._database.reading() as connection:
            last = last or revisions.latest(connection)
            heads = {head.subject: head for head in revisions.heads(connection, last[0])}
        return build_snapshot(heads, last, self._substances, self._geography)
