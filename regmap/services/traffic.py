"""How often each jurisdiction was asked for: what helps to choose which record to check first.

Counted is the day and the jurisdiction, and nothing of who asked. Every worker counts in memory and
adds to the store now and then; a store that is busy or away costs no answer and no count.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from regmap.domain.errors import DataProblem, UnknownJurisdiction
from regmap.domain.resolution import Resolution
from regmap.domain.vocabulary import Match
from regmap.services.flushing import Flushing
from regmap.services.situations import Situation, Situations
from regmap.store import traffic
from regmap.store.database import Database

log = logging.getLogger("regmap")

KEPT_DAYS = 90
"""How long counts are kept."""


def _utc_today() -> date:
    return datetime.now(UTC).date()


class Traffic(Flushing):
    """The counts of one worker, and those of all of them in the store; thread-safe.

    :param today: gives the day (UTC) that is counted for.
    """

    flush_seconds = 30.0
    thread_name = "regmap-traffic"
    failure = "counts of traffic could not be written"

    def __init__(self, database: Database, today: Callable[[], date] = _utc_today) -> None:
        super().__init__()
        self._database = database
        self._today = today
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._asked: dict[str, int] = {}
        self._spots: dict[tuple[str, ...], int] = {}
        self._situations: Situations | None = None
        self._pending: dict[date, Counter[str]] = {}

    def count(self, ids: Iterable[str]) -> None:
        """Count one question about each of some jurisdictions."""
        with self._lock:
            for id in ids:
                self._asked[id] = self._asked.get(id, 0) + 1

    def count_answer(self, resolution: Resolution | None) -> None:
        """Count a question about the jurisdictions whose layers hold for certain."""
        if resolution is not None:
            self.count(layer.jurisdiction.id for layer in resolution.layers)

    def count_spot(self, situations: Situations, situation: Situation) -> None:
        """The same of a spot whose layers were not looked up: for the hot path.

        Which jurisdictions those are is found when the counts are written.

        :param situations: those that the situation came from.
        """
        holding = situation.holding
        with self._lock:
            self._situations = situations
            self._spots[holding] = self._spots.get(holding, 0) + 1

    def of_last_days(self, days: int) -> Mapping[str, int]:
        """How often each jurisdiction was asked for, by id, today and on the days before.

        What the workers have not written yet is left out.

        :param days: how many days, today included.
        :raises DataProblem: if the store cannot be read.
        """
        with self._database.reading() as connection:
            return traffic.since(connection, self._today() - timedelta(days=days - 1))

    def flush(self) -> bool:
        """Add what was counted to the store; false where that failed and is tried again later."""
        with self._writing:
            self._collect()
            if not self._pending:
                return True
            oldest = self._today() - timedelta(days=KEPT_DAYS - 1)
            try:
                with self._database.writing() as connection:
                    for day, counts in self._pending.items():
                        traffic.add(connection, day, counts)
                    traffic.forget_before(connection, oldest)
            except DataProblem as error:
                log.warning("counts of traffic are kept for later: %s", error)
                self._pending = {day: one for day, one in self._pending.items() if day >= oldest}
                return False
            self._pending = {}
            return True

    def _collect(self) -> None:
        """Take what was counted since the last time, as counts of today."""
        with self._lock:
            asked, self._asked = self._asked, {}
            spots, self._spots = self._spots, {}
            situations, self._situations = self._situations, None
        if not asked and not spots:
            return
        counts = self._pending.setdefault(self._today(), Counter())
        counts.update(asked)
        if situations is not None:
            for holding, count in spots.items():
                for id in _certain(situations, holding):
                    counts[id] += count


def _certain(situations: Situations, holding: tuple[str, ...]) -> list[str]:
    """The jurisdictions that hold a spot for certain."""
    try:
        located = situations.located(Situation(holding))
    except UnknownJurisdiction:  # gone since it was counted
        return []
    return [one.jurisdiction.id for one in located if one.match is not Match.POSSIBLE]
