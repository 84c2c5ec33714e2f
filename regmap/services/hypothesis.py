"""Two states of the law side by side: what holds as things are, and as they would be.

Both answer alike wherever the same records have a say. So each answer is worked out once for all
that share those, not once for each of 3,000 counties and 42,000 ZIP codes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Generic, TypeVar

from regmap.domain.course import Stretch, course
from regmap.domain.dates import PartialDate
from regmap.domain.records import Record
from regmap.domain.resolution import Located, RecordOf, Resolution, resolve
from regmap.domain.vocabulary import Match, Status, Substance

T = TypeVar("T")
S = TypeVar("S")

Records = Mapping[tuple[str, str], Record]
_Key = tuple[str, tuple[tuple[str, Match, bool | None], ...]]


@dataclass(frozen=True)  # no slots: a generic class with both refuses Sides[int](…)
class Sides(Generic[T]):
    """The same thing as it is, and as it would be."""

    before: T
    after: T

    @property
    def differ(self) -> bool:
        """Whether the change makes any difference to it."""
        return self.before != self.after

    def each(self, view: Callable[[T], S]) -> "Sides[S]":
        """What a view of both sides gives."""
        return Sides(view(self.before), view(self.after))


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, ``start`` in and ``end`` out, in which another law would hold there.

    ``start`` None: since before the first change that is known; ``end`` None: still open.
    ``status`` and ``min_age`` are those at the jurisdiction itself, the law above it included.
    """

    substance: str
    start: PartialDate | None
    end: PartialDate | None
    status: Sides[Status]
    min_age: Sides[int | None]


class Hypothesis:
    """Asks both sides the same question.

    :param records: all records of either side, by jurisdiction id and substance.
    :param today: the day of :meth:`held`.
    """

    def __init__(self, records: Sides[Records], today: date) -> None:
        self._record_of: Sides[RecordOf] = records.each(
            lambda side: lambda jurisdiction, substance: side.get((jurisdiction, substance))
        )
        self._with_record = {*records.before, *records.after}
        self._today = today
        self._held: dict[_Key, Sides[Resolution]] = {}
        self._courses: dict[_Key, Sides[tuple[Stretch, ...]]] = {}

    def held(self, located: Iterable[Located], substance: Substance) -> Sides[Resolution]:
        """What holds today where these jurisdictions do; layers without any record are left out."""
        heard = self._heard(located, substance)
        key = _key(heard, substance)
        if key not in self._held:
            self._held[key] = self._record_of.each(
                lambda record_of: resolve(heard, substance, self._today, record_of)
            )
        return self._held[key]

    def courses(
        self, located: Iterable[Located], substance: Substance
    ) -> Sides[tuple[Stretch, ...]]:
        """What holds there over all of time."""
        heard = self._heard(located, substance)
        key = _key(heard, substance)
        if key not in self._courses:
            self._courses[key] = self._record_of.each(
                lambda record_of: course(heard, substance, record_of)
            )
        return self._courses[key]

    def _heard(self, located: Iterable[Located], substance: Substance) -> list[Located]:
        """The jurisdictions with a record on either side: the others count for nothing (rule 1)."""
        code, wider = substance.code, substance.falls_back_to
        return [
            one
            for one in located
            if (one.jurisdiction.id, code) in self._with_record
            or (one.jurisdiction.id, wider) in self._with_record
        ]


def spans(substance: str, courses: Sides[tuple[Stretch, ...]]) -> Iterator[Span]:
    """The stretches of time in which two courses differ in status or age, oldest first."""
    starts = {one.start for side in (courses.before, courses.after) for one in side}
    days = sorted(start for start in starts if start is not None)
    found: list[Span] = []
    for start, end in pairwise([None, *days, None]):
        there = Sides(_at(courses.before, start), _at(courses.after, start))
        status = there.each(lambda one: one.status)
        min_age = there.each(lambda one: one.min_age)
        if found and (found[-1].status, found[-1].min_age) == (status, min_age):
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(Span(substance, start, end, status, min_age))
    return (one for one in found if one.status.differ or one.min_age.differ)


def _at(stretches: Iterable[Stretch], start: PartialDate | None) -> Resolution:
    """What holds from a day on (None: before the first change), by a course."""
    day = start.first_day if start else date.min
    *_, held = (one for one in stretches if one.start is None or one.start.first_day <= day)
    return held.resolution


def _key(heard: Sequence[Located], substance: Substance) -> _Key:
    return substance.code, tuple(
        (one.jurisdiction.id, one.match, one.outside_cities) for one in heard
    )
