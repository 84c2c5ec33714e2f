"""The errors that regmap raises on purpose; none of them knows about HTTP or the terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from regmap.domain.wording import said


class RegmapError(Exception):
    """Something that regmap can explain to the person who asked."""


class InvalidValue(RegmapError):
    """Input that breaks a rule, with the messages per field that broke it."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = {field: list(messages) for field, messages in errors.items()}
        super().__init__(
            "; ".join(f"{field}: {' '.join(messages)}" for field, messages in self.errors.items())
        )


class InvalidDocument(RegmapError):
    """A document that does not have the shape of what it should be.

    ``messages`` are nested as the document is; list places are integers.
    """

    def __init__(self, messages: Mapping[Any, Any]) -> None:
        self.messages = messages
        super().__init__(str(messages))


class UnknownJurisdiction(RegmapError):
    """An id that names no jurisdiction of this data set."""

    def __init__(self, jurisdiction_id: str, field: str = "jurisdiction") -> None:
        self.jurisdiction_id = jurisdiction_id
        self.field = field
        shown = jurisdiction_id if len(jurisdiction_id) <= 80 else jurisdiction_id[:79] + "…"
        super().__init__(said("no jurisdiction has the id {id!r}", id=shown))


class UnknownLocation(RegmapError):
    """A ZIP code or a name that fits nothing that is known; ``field`` is where it came in."""

    def __init__(self, message: str, field: str) -> None:
        self.field = field
        super().__init__(message)


class UnknownCorrection(RegmapError):
    """An id that names no correction."""

    def __init__(self, correction_id: str) -> None:
        shown = correction_id if len(correction_id) <= 80 else correction_id[:79] + "…"
        super().__init__(said("no correction has the id {id!r}", id=shown))


class UnknownVersion(RegmapError):
    """The name of a data version that there is not; ``field`` says where it was named."""

    def __init__(self, name: str, field: str = "version") -> None:
        self.field = field
        shown = name if len(name) <= 80 else name[:79] + "…"
        super().__init__(said("no data version has the name {name!r}", name=shown))


class NotSignedIn(RegmapError):
    """Something that only a curator may do, asked for by nobody who is known."""


class NotAllowed(RegmapError):
    """Something that this person may not do."""


class NotOpen(RegmapError):
    """A change of something that is settled already."""


class NothingRead(RegmapError):
    """A decision that does not say which state it was made on."""


class Clash(RegmapError):
    """A decision on a state that has moved on; nothing was written.

    ``versions`` has both sides as JSON values: ``yours`` and ``present``.
    """

    def __init__(self, message: str, versions: Mapping[str, Any]) -> None:
        self.versions = versions
        super().__init__(message)


class TooMany(RegmapError):
    """More than may be asked in some time; ``retry_after`` in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class BoundaryNotAvailable(RegmapError):
    """A jurisdiction whose limits are not loaded, so that no shape can be shown."""


class DataProblem(RegmapError):
    """Data on disk or in the store that is missing, broken or contradicts itself."""


class StoreAway(DataProblem):
    """The store cannot be reached, read or written just now: nothing was written.

    ``retry_after``: in how many seconds it is worth to try again.
    """

    retry_after = 5


class ExportFailed(RegmapError):
    """A file that could not be made; the one before it is untouched.

    ``retry_after``: in how many seconds it may be made, where that is known.
    """

    def __init__(self, message: str, retry_after: int | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)
