"""What one data release is of: the version, the day, the one before; and its files as they are."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from regmap.domain.errors import RegmapError
from regmap.services.exports.columns import Column
from regmap.services.naming import citation

NAME = "regmap-data"
DESCRIPTION = (
    "Jurisdiction records on the legal status of kratom (Mitragyna speciosa) and of concentrated"
    " 7-hydroxymitragynine: every known period of law with its dates, rules, sources and"
    " confidence, and every edit of the records. Information about law, never legal or medical"
    " advice; `unknown` is never to be read as lawful."
)
KEYWORDS = ("kratom", "Mitragyna speciosa", "7-hydroxymitragynine", "law", "drug policy")
LICENCE = "CC-BY-4.0"
"""By its SPDX name."""

LICENCE_TITLE = "Creative Commons Attribution 4.0 International"
DESCRIPTOR = "datapackage.json"
CHECKSUMS = "SHA256SUMS"
REVISIONS = "revisions.jsonl"


class ReleaseRefused(RegmapError):
    """A release that would break what others rely on; nothing was written."""


class ReleaseFailed(RegmapError):
    """A release that could not be made; nothing of it is left."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What a release is of.

    :param version: the name of the data version.
    :param revision: the number of its last revision, ``sealed`` that one's hash.
    :param recorded_at: when that was recorded: the moment from which the version is.
    :param on: the day of the statuses and of the last month of the panel.
    :param previous: the data version of the release before; None: this is the first.
    :param credits: source and licence of the limits that the operator imported.
    """

    version: str
    revision: int
    sealed: str
    recorded_at: datetime
    name: str
    on: date
    previous: str | None
    credits: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> str:
        """The name of the package's folder."""
        return folder_of(self.version)

    @property
    def dated(self) -> date:
        """The day of the version (UTC): what a citation gives as its date."""
        return self.recorded_at.date()

    @property
    def citation(self) -> str:
        """How to cite it, as one sentence."""
        return citation(self.version, self.dated)


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a package, as it was written.

    :param columns: of a table; empty: it is none.
    :param rows: how many rows, lines or features it holds; None: not counted.
    :param sha256: of its bytes, in hexadecimal.
    :param key: the columns by which a row is told from all others.
    :param refers: column by column, the other file that has each pair of them.
    """

    path: str
    title: str
    description: str
    mediatype: str
    bytes: int
    sha256: str
    rows: int | None = None
    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    refers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def form(self) -> str:
        """Its ending, which is the name of its format."""
        return self.path.rpartition(".")[2]


def folder_of(version: str) -> str:
    """The name of the folder of a version's package."""
    return f"{NAME}-{version}"


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal.

    :raises OSError: if it cannot be read.
    """
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
