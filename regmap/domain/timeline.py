"""A record in time: which period holds on a day, and where the law of it changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from regmap.domain.dates import PartialDate
from regmap.domain.records import Ending, Period, Record


@dataclass(frozen=True, slots=True)
class Turn:
    """A day on which a record's law changes.

    ``before`` and ``after`` are the periods on either side; None where there is no rule of its
    own. ``ending`` tells what ended ``before`` where no rule followed.
    """

    effective: PartialDate
    before: Period | None
    after: Period | None

    @property
    def ending(self) -> Ending | None:
        """What ended the rule, where that is known and nothing followed."""
        return self.before.ended_by if self.after is None and self.before else None


def holds_on(period: Period, day: date) -> bool:
    """Whether a period covers the day: its first day is in, its last is out."""
    return (period.start is None or period.start.first_day <= day) and (
        period.end is None or day < period.end.first_day
    )


def period_on(record: Record, day: date) -> Period | None:
    """The period in force on the day, or None: then the layer above governs."""
    return next((period for period in record.periods if holds_on(period, day)), None)


def turns(record: Record) -> Iterator[Turn]:
    """Every dated change of the record, oldest first.

    A period that reaches back without a start has no dated beginning, so it gives no turn.
    """
    before: Period | None = None
    for period in record.periods:
        ended = before.end if before is not None else None
        if ended is not None and ended != period.start:
            yield Turn(ended, before, None)
            before = None
        if period.start is not None:
            yield Turn(period.start, before, period)
        before = period
    if before is not None and before.end is not None:
        yield Turn(before.end, before, None)
