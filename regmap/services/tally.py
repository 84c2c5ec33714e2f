"""How many jurisdictions stood where over time: a count by status, at every turn of their law."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.resolution import Located, resolve
from regmap.domain.timeline import turns
from regmap.domain.vocabulary import Level, Status, Substance
from regmap.services.situations import Situations
from regmap.services.snapshot import Snapshot

_KEPT = 16  # every substance and group several times over


class Group(StrEnum):
    """Jurisdictions that are counted together: each is of one kind, and none lies in another."""

    US_STATES = "us_states"
    COUNTRIES = "countries"


_MEMBERS: Mapping[Group, Callable[[Jurisdiction], bool]] = {
    Group.US_STATES: lambda one: one.parent == "US" and one.level in (Level.STATE, Level.DISTRICT),
    Group.COUNTRIES: lambda one: one.level is Level.COUNTRY,
}


@dataclass(frozen=True, slots=True)
class Step:
    """From ``start`` on (None: before the first dated change) so many stood at each status."""

    start: date | None
    counts: Mapping[Status, int]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of ``members`` jurisdictions, the oldest step first; a step holds until the next."""

    members: int
    steps: tuple[Step, ...]

    def on(self, day: date) -> Step:
        """The step that holds on a day."""
        held = self.steps[0]
        for step in self.steps[1:]:
            if step.start is None or step.start > day:
                break
            held = step
        return held


class Tallies:
    """Tallies of one snapshot; announced changes are counted as if they came."""

    def __init__(self, snapshot: Snapshot, situations: Situations) -> None:
        self._snapshot = snapshot
        self._situations = situations
        self.of = lru_cache(_KEPT)(self._tally)

    def _tally(self, substance: Substance, group: Group) -> Tally:
        """The tally of a group for a substance, kept for the next who asks."""
        members = [one for one in self._snapshot.tree if _MEMBERS[group](one)]
        return tallied([list(self._statuses(one, substance)) for one in members])

    def _statuses(
        self, jurisdiction: Jurisdiction, substance: Substance
    ) -> Iterator[tuple[date | None, Status]]:
        """What held in a jurisdiction, from each day on which that may have changed."""
        located = self._situations.located(self._situations.of_jurisdiction(jurisdiction.id))
        record_of = self._snapshot.record_of
        yield None, resolve(located, substance, date.min, record_of).status
        for day in sorted(set(self._turn_days(located, substance))):
            yield day, resolve(located, substance, day, record_of).status

    def _turn_days(self, located: Iterable[Located], substance: Substance) -> Iterator[date]:
        for spot in located:
            for code in (substance.code, substance.falls_back_to):
                record = self._snapshot.record_of(spot.jurisdiction.id, code) if code else None
                if record is not None:
                    yield from (turn.effective.first_day for turn in turns(record))


def tallied(histories: Sequence[Iterable[tuple[date | None, Status]]]) -> Tally:
    """Count histories together.

    :param histories: of each jurisdiction, from when on which status held, oldest first; the first
        has no date.
    """
    counts: Counter[Status] = Counter()
    moves: dict[date, Counter[Status]] = {}
    for history in histories:
        before: Status | None = None
        for day, status in history:
            if day is None:
                counts[status] += 1
            elif status is not before:
                move = moves.setdefault(day, Counter())
                move[status] += 1
                if before is not None:
                    move[before] -= 1
            before = status
    steps = [Step(None, _complete(counts))]
    for day in sorted(moves):
        counts.update(moves[day])
        if _complete(counts) != steps[-1].counts:
            steps.append(Step(day, _complete(counts)))
    return Tally(len(histories), tuple(steps))


def _complete(counts: Mapping[Status, int]) -> dict[Status, int]:
    return {status: counts.get(status, 0) for status in Status}
