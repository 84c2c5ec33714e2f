"""Where snapshots come from: the present one, swapped when the store moves, and past ones."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Record
from regmap.domain.vocabulary import Substance
from regmap.domain.wording import said
from regmap.services.snapshot import Geography, Snapshot, build_snapshot, supposed
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.listening import CHECK_SECONDS, Listener
from regmap.store.log_copy import LogCopy, Readable

log = logging.getLogger("regmap")

STALE_SECONDS = 15.0
"""From when on a snapshot that the store has not confirmed is called stale."""

KEPT_PASTS = 4
"""How many past snapshots are kept for further questions: those asked for last."""

View = TypeVar("View")


class Freshness(NamedTuple):
    """How sure it is that the snapshot is what the store holds.

    :param seconds: since the store confirmed it last.
    :param reached: whether the store could be read when it was tried last.
    """

    seconds: float
    reached: bool

    @property
    def is_stale(self) -> bool:
        """Whether the store may have moved long ago."""
        return self.seconds > STALE_SECONDS


class SnapshotSource(Generic[View]):
    """Gives what ``view`` makes of the present snapshot, or of a past one; thread-safe.

    Without ``follow`` the store is asked in passing, now and then; with it a thread does so beside
    the requests, and no reader ever waits for the store.

    :param view: wraps a snapshot in the services that answer from it.
    :param copy: the copy of the store's log on this machine, if there is one.
    """

    def __init__(
        self,
        database: Database,
        substances: Mapping[str, Substance],
        geography: Geography,
        view: Callable[[Snapshot], View],
        copy: LogCopy | None = None,
    ) -> None:
        self._database = database
        self._substances = substances
        self._geography = geography
        self._view = view
        self._copy = copy
        self._log: Readable = copy or database
        self._lock = threading.Lock()
        self._past_lock = threading.Lock()  # whoever asks the store may have to wait for it
        self._follower: threading.Thread | None = None
        self._is_over = threading.Event()
        self._reached = True
        self._last: tuple[int, str] = (0, revisions.FIRST_HASH)
        self._pasts: OrderedDict[int, View] = OrderedDict()
        self._checked = self._confirmed = time.monotonic()
        self._snapshot = self._first()
        self._current = view(self._snapshot)

    def current(self) -> View:
        """The newest view, at most half a second behind the store.

        While the store cannot be read, the last one is served on.
        """
        if self._follower is not None:
            return self._current
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

    def follow(self) -> None:
        """Keep up with the store in a thread of its own; to be called once in each worker."""
        if self._follower is None:
            self._follower = threading.Thread(
                target=self._follow, name="regmap-follower", daemon=True
            )
            self._follower.start()

    def stop_following(self) -> None:
        """End that thread, and wait until it has ended."""
        if self._follower is not None:
            self._is_over.set()
            self._follower.join()
            self._is_over.clear()
            self._follower = None

    def freshness(self) -> Freshness:
        """How sure it is that the present view is what the store holds.

        Without ``follow`` the store is asked first.
        """
        if self._follower is None:
            self.refreshed()
        return Freshness(time.monotonic() - self._confirmed, self._reached)

    def known_at(self, moment: datetime) -> View:
        """What the data set said at a past moment.

        :raises InvalidValue: if the moment lies in the future.
        """
        if moment > datetime.now(UTC):
            raise InvalidValue({"known_at": [said("Lies in the future.")]})
        with self._log.reading() as connection:
            last = revisions.latest(connection, moment)
        if last[0] == self._snapshot.revision:
            return self._current
        with self._past_lock:
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

    def _follow(self) -> None:
        self._database.look_after()
        listener = Listener(self._database)
        while not self._is_over.is_set():
            try:
                listener.wait()
                self.refreshed()
            except Exception:  # a thread that dies would leave an old snapshot for ever
                log.exception("the snapshot could not be refreshed")
                time.sleep(CHECK_SECONDS)
        listener.close()

    def _refresh(self) -> None:
        try:
            self._database.check_there()
            with self._database.reading() as connection:
                last = revisions.latest(connection)
                if self._copy is not None and not self._copy.is_whole:
                    self._copy.follow(connection, last)
            if last != self._last:
                self._move_to(last)
            self._confirmed, self._reached = time.monotonic(), True
        except DataProblem as error:
            # readers keep what they have; /readyz tells that the store is away
            if self._reached:
                log.warning("the store cannot be read: %s", error)
            self._reached = False
        finally:
            self._checked = time.monotonic()

    def _move_to(self, last: tuple[int, str]) -> None:
        held = self._snapshot
        with self._database.reading_copy(at_least=last[0]) as connection:
            # a store that was put back is read anew, even if it has grown to the same number since
            after = held.revision if revisions.holds(connection, *self._last) else 0
            moved = list(revisions.heads(connection, last[0], after=after))
            if self._copy is not None:
                self._copy.follow(connection, last)
        heads = {head.subject: head for head in moved}
        before = held if after else None
        moved_to = build_snapshot(heads, last, self._substances, self._geography, before)
        view = self._view(moved_to)
        self._current, self._snapshot, self._last = view, moved_to, last

    def _first(self) -> Snapshot:
        with self._database.reading() as connection:
            last = revisions.latest(connection)
            if self._copy is not None:
                self._copy.follow(connection, last)
        self._last = last
        return self._load(last)

    def _load(self, last: tuple[int, str]) -> Snapshot:
        with self._log.reading() as connection:
            heads = {head.subject: head for head in revisions.heads(connection, last[0])}
        return build_snapshot(heads, last, self._substances, self._geography)
