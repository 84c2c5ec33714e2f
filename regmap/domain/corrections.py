"""A correction: what somebody says is wrong, with a source, and what became of it.

Everything that is ever said in a correction is one of its events; where it stands now follows from
them. Before it is decided, its texts are for its submitter and the curators alone, so that the
public ledger is no place to post (CONTRACT section 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from regmap.domain.errors import NotOpen
from regmap.domain.wording import said


class State(StrEnum):
    """Where a correction stands."""

    PENDING = "pending"
    NEEDS_INFO = "needs_info"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"


class Decision(StrEnum):
    """What a curator can decide."""

    ACCEPT = "accept"
    REJECT = "reject"
    NEEDS_INFO = "needs_info"


class EventKind(StrEnum):
    """What can happen to a correction."""

    SUBMITTED = "submitted"
    ADDED = "added"
    ASKED = "asked"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    UNDONE = "undone"
    FORGOTTEN = "forgotten"


class Sight(StrEnum):
    """Who looks: anybody, the submitter with the secret, or a curator."""

    PUBLIC = "public"
    SUBMITTER = "submitter"
    CURATOR = "curator"


OPEN = frozenset({State.PENDING, State.NEEDS_INFO})
"""The states in which a correction waits for somebody."""

PUBLISHED = frozenset({State.ACCEPTED, State.REJECTED, State.UNDONE})
"""The states in which everybody may read its texts, unless it was spam."""

OUTCOME: Mapping[Decision, tuple[State, EventKind]] = {
    Decision.ACCEPT: (State.ACCEPTED, EventKind.ACCEPTED),
    Decision.REJECT: (State.REJECTED, EventKind.REJECTED),
    Decision.NEEDS_INFO: (State.NEEDS_INFO, EventKind.ASKED),
}
_VERDICTS = frozenset({EventKind.ACCEPTED, EventKind.REJECTED, EventKind.UNDONE})


@dataclass(frozen=True, slots=True)
class CitedSource:
    """A source that a submitter names; ``url`` is http or https."""

    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the submitter: for curators alone."""

    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; ``by`` is a curator's name, None the submitter.

    ``proposed`` is the proposal sent, or the record accepted, as a document (JSON value).
    """

    number: int
    at: datetime
    kind: EventKind
    by: str | None = None
    text: str | None = None
    proposed: Mapping[str, Any] | None = None
    sources: tuple[CitedSource, ...] = ()
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction with all its events, oldest first.

    :param version: grows with every change, so that a decision can say what it was made on.
    :param base_revision: the revision of the data set that the submitter saw.
    :param revision: the one that accepting made.
    :param submitted_by: the curator who submitted it, if one did.
    :param contact: None where there is none, or where it is not for the one who looks;
        ``submitted_by`` likewise.
    """

    id: str
    jurisdiction: str
    substance: str
    state: State
    version: int
    submitted_at: datetime
    changed_at: datetime
    decided_at: datetime | None
    spam: bool
    base_revision: int
    revision: int | None
    submitted_by: str | None
    contact: Contact | None
    events: tuple[Event, ...]

    @property
    def is_open(self) -> bool:
        """Whether it waits for somebody."""
        return self.state in OPEN

    @property
    def is_public(self) -> bool:
        """Whether everybody may read its texts."""
        return self.state in PUBLISHED and not self.spam

    @property
    def message(self) -> str | None:
        """What the submitter wrote first."""
        return self.events[0].text if self.events else None

    @property
    def proposed(self) -> Mapping[str, Any] | None:
        """The newest proposal of the submitter: a period, or a whole record (with ``periods``)."""
        proposals = (one.proposed for one in reversed(self.events) if _is_submitters(one))
        return next((one for one in proposals if one is not None), None)

    @property
    def sources(self) -> tuple[CitedSource, ...]:
        """Every source that the submitter named, each once, in the order they came in."""
        found: dict[str, CitedSource] = {}
        for cited in (cited for one in self.events if _is_submitters(one) for cited in one.sources):
            if cited.url not in found or cited.title:
                found[cited.url] = cited  # keeps its place; a title given later counts
        return tuple(found.values())

    @property
    def verdict(self) -> Event | None:
        """The event that settled it: its ``text`` is the reason, ``by`` the curator."""
        return next((one for one in reversed(self.events) if one.kind in _VERDICTS), None)


def seen_by(correction: Correction, sight: Sight) -> Correction:
    """What may be shown of a correction: the rest is taken out, not merely left unprinted."""
    if sight is Sight.CURATOR:
        return correction
    shown = replace(correction, contact=None, submitted_by=None)
    if sight is Sight.SUBMITTER or correction.is_public:
        return shown
    bare = tuple(
        replace(one, text=None, proposed=None, sources=(), by=None) for one in correction.events
    )
    return replace(shown, events=bare)


def check_open(correction: Correction) -> None:
    """Go on only with a correction that still waits for somebody.

    :raises NotOpen: if it was settled before.
    """
    if not correction.is_open:
        raise NotOpen(said("this correction is settled: it was decided or withdrawn"))


def _is_submitters(event: Event) -> bool:
    return event.kind in (EventKind.SUBMITTED, EventKind.ADDED)
