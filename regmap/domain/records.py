"""A record: one jurisdiction and one substance, with every period of law that is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from regmap.domain.dates import PartialDate
from regmap.domain.vocabulary import Confidence, Extent, Permission, SourceKind, Status

RuleValue = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from; ``published`` as precise as the source says."""

    title: str
    url: str
    publisher: str | None
    kind: SourceKind
    published: PartialDate | None


@dataclass(frozen=True, slots=True)
class Ending:
    """What ended a period where no rule followed."""

    summary: str
    citation: str | None
    instrument: str | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, ``start`` in and ``end`` out, in which one rule held.

    ``start`` None: since before anybody looked; ``end`` None: still open.
    ``extent`` None: nobody confirmed how far the rule reaches.
    """

    start: PartialDate | None
    end: PartialDate | None
    status: Status
    min_age: int | None = None
    schedule: str | None = None
    possession: Permission = Permission.UNKNOWN
    sale: Permission = Permission.UNKNOWN
    rules: Mapping[str, RuleValue] = field(default_factory=lambda: MappingProxyType({}))
    summary: str | None = None
    citation: str | None = None
    instrument: str | None = None
    penalty: str | None = None
    sources: tuple[Source, ...] = ()
    confidence: Confidence = Confidence.LOW
    extent: Extent | None = Extent.WHOLE
    ended_by: Ending | None = None

    @property
    def preempts_local(self) -> bool:
        """Whether the rule takes counties and places out of the count."""
        return self.rules.get("preempts_local") is True


@dataclass(frozen=True, slots=True)
class Bill:
    """A pending bill: never a status, only something to watch."""

    title: str
    stage: str
    as_of: PartialDate | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one substance in one jurisdiction, oldest period first.

    No periods means: looked at, no rule of its own found.
    """

    jurisdiction: str
    substance: str
    periods: tuple[Period, ...] = ()
    pending: tuple[Bill, ...] = ()
    evidence_as_of: PartialDate | None = None
    note: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Jurisdiction id and substance: what makes a record the only one of its kind."""
        return self.jurisdiction, self.substance
