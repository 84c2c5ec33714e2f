"""What feeds tell: changes of law and corrections of records, by when the data set recorded them.

Both clocks meet here. A change of law has its effective date; that it was told at all, and told
as it is now, has a moment in the edit log (``tellings.py``). Editing a wording or a source moves
neither.

What is told anew keeps the moment of its first telling. It is put in front again only where it is
news by itself; where a correction tells it, that is the news, and stands in front in its stead.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from regmap.domain.coming import ComingKind, kind_of
from regmap.domain.dates import PartialDate
from regmap.domain.doubt import doubts
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Period, Record
from regmap.domain.resolution import Located, resolve
from regmap.domain.vocabulary import UPPER_LEVELS, Match, Substance
from regmap.services.changes import AnyChange, Changes, LegalChange, Retelling
from regmap.services.lookup import Lookup
from regmap.services.snapshot import Snapshot
from regmap.services.tellings import Tellings, record_at
from regmap.services.versions import Versions
from regmap.store.revisions import Revision

KEPT_DAYS = 90
"""How long a date that has come stays among the coming ones: a calendar that asks rarely must not
lose what happened in between, and a subscriber may look up when it was."""


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One thing to tell.

    :param key: names it for good, and no other: the same on every host that has this edit log, and
        after any later edit of its wording.
    :param recorded_at: when the data set first told it, in whatever words; it never moves.
    :param updated_at: when the data set first told it as it is told now.
    :param listed_at: when it was last news by itself; the newest stands first by this.
    :param place: the jurisdiction's name, so that no other of the data set is meant.
    :param evidence_as_of: the date of the evidence; None: not known.
    """

    key: str
    change: AnyChange
    recorded_at: datetime
    updated_at: datetime
    listed_at: datetime
    place: str
    evidence_as_of: PartialDate | None

    @property
    def is_announced(self) -> bool:
        """Whether it takes effect after the day on which it was first recorded."""
        change = self.change
        return isinstance(change, LegalChange) and change.day > self.recorded_at.date()

    @property
    def is_told_anew(self) -> bool:
        """Whether it was told otherwise before."""
        return self.updated_at != self.recorded_at


@dataclass(frozen=True, slots=True)
class ComingDate:
    """A date of law for a calendar.

    :param revision: the last revision of its record, which was recorded at ``changed_at``.
    """

    item: NewsItem
    change: LegalChange
    kind: ComingKind
    revision: int
    changed_at: datetime


class News:
    """The news of one snapshot."""

    def __init__(
        self,
        snapshot: Snapshot,
        lookup: Lookup,
        changes: Changes,
        versions: Versions,
        tellings: Tellings,
    ) -> None:
        self._snapshot = snapshot
        self._lookup = lookup
        self._changes = changes
        self._versions = versions
        self._tellings = tellings

    def around(self, jurisdiction_id: str) -> frozenset[str]:
        """Whose law is news to somebody who follows a jurisdiction.

        Its own, that of everything below it, and that of the layers above, which bind it too.

        :raises UnknownJurisdiction: if there is none of that id.
        """
        tree = self._snapshot.tree
        above = {one.id for one in tree.chain(jurisdiction_id)}
        return frozenset({*above, *(one.id for one in tree.descendants(jurisdiction_id))})

    def items(
        self, jurisdictions: frozenset[str] | None = None, substance: str | None = None
    ) -> list[NewsItem]:
        """All news, the newest by when they became news first, then by effective date.

        :param jurisdictions: only of these ids; None: of all.
        """
        return [
            item
            for item in self._items
            if (jurisdictions is None or item.change.jurisdiction.id in jurisdictions)
            and substance in (None, item.change.substance)
        ]

    def coming(
        self,
        day: date,
        jurisdictions: frozenset[str] | None = None,
        substance: str | None = None,
    ) -> list[ComingDate]:
        """The dates of law after a day, and those of the ``KEPT_DAYS`` before; soonest first."""
        since = day - timedelta(days=KEPT_DAYS)
        found = [
            ComingDate(
                item=item,
                change=change,
                kind=kind_of(change.before, change.after),
                revision=change.revision,
                changed_at=change.recorded_at,
            )
            for item in self.items(jurisdictions, substance)
            if isinstance(change := item.change, LegalChange) and change.day >= since
        ]
        return sorted(found, key=lambda one: (one.change.day, one.item.key))

    def doubts(self, item: NewsItem) -> list[str]:
        """Every reason to doubt an item, evidence aged by the day on which it was last told."""
        change, recorded = item.change, item.updated_at.date()
        if isinstance(change, LegalChange):
            substance = self._snapshot.substances[change.substance]
            answer = self._lookup.at_jurisdiction(change.jurisdiction.id, substance, change.day)
            return list(doubts(answer.resolution, recorded)) if answer.resolution else []
        record = record_at(self._revision_of[change.revision])
        if record is None or change.after is None:
            return []
        return _doubts_of(change, change.after, record, recorded)

    @cached_property
    def _items(self) -> Sequence[NewsItem]:
        found = [*self._of_law(), *self._of_records()]
        return sorted(found, key=_order, reverse=True)

    def _of_law(self) -> Iterator[NewsItem]:
        told = self._tellings.up_to(self._snapshot.revision)
        for change in self._changes.between():
            subject = change.jurisdiction.id, change.substance
            record = self._snapshot.record_of(*subject)
            telling = told.when(subject, change.day)
            yield NewsItem(
                key=f"law/{change.jurisdiction.id}/{change.substance}/{change.day}",
                change=change,
                recorded_at=telling.first,
                updated_at=telling.last,
                listed_at=telling.as_news,
                place=self._place(change.jurisdiction),
                evidence_as_of=record.evidence_as_of if record else None,
            )

    def _of_records(self) -> Iterator[NewsItem]:
        for change in self._changes.retold():
            revision = self._revision_of[change.revision]
            start = change.effective.first_day if change.effective else "beginning"
            about = f"{change.jurisdiction.id}/{change.substance}/{start}"
            record = record_at(revision)
            yield NewsItem(
                # the seal, not the number: another installation has another revision 700
                key=f"record/{about}/{revision.hash[:16]}",
                change=change,
                recorded_at=change.recorded_at,
                updated_at=change.recorded_at,
                listed_at=change.recorded_at,
                place=self._place(change.jurisdiction),
                evidence_as_of=record.evidence_as_of if record else None,
            )

    @cached_property
    def _revision_of(self) -> dict[int, Revision]:
        told = self._versions.retold(self._snapshot.revision)
        return {one.revision.revision: one.revision for one in told}

    @cached_property
    def _upper_names(self) -> Counter[str]:
        """How many countries, states and the like have a name: there are two Georgias."""
        return Counter(one.name for one in self._snapshot.tree if one.level in UPPER_LEVELS)

    def _place(self, jurisdiction: Jurisdiction) -> str:
        is_upper = jurisdiction.level in UPPER_LEVELS
        parent = jurisdiction.parent
        if parent not in self._snapshot.tree or (
            is_upper and self._upper_names[jurisdiction.name] < 2
        ):
            return jurisdiction.name
        return f"{jurisdiction.name}, {self._snapshot.tree.get(str(parent)).name}"


def _order(item: NewsItem) -> tuple[datetime, date, str]:
    effective = item.change.effective
    return item.listed_at, effective.first_day if effective else date.min, item.key


def _doubts_of(change: Retelling, after: Period, record: Record, recorded: date) -> list[str]:
    """The doubts about what a correction says, from the record as it left it."""
    located = [Located(change.jurisdiction, Match.INSIDE, outside_cities=True)]
    substance = Substance(change.substance, change.substance, "")
    day = after.start.first_day if after.start else _last_day(after)
    own = record.key

    def record_of(jurisdiction: str, code: str) -> Record | None:
        return record if (jurisdiction, code) == own else None

    return list(doubts(resolve(located, substance, day, record_of), recorded))


def _last_day(period: Period) -> date:
    return period.end.first_day - timedelta(days=1) if period.end else date.max
