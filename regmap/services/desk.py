"""The curators' desk: everything that writes, and does not belong to one snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass

from regmap.services.bundle import Services
from regmap.services.corrections import Corrections
from regmap.services.curation import Curation
from regmap.services.curators import Curators
from regmap.services.source import SnapshotSource
from regmap.services.traffic import Traffic
from regmap.store.database import Database


@dataclass(frozen=True)
class Desk:
    """The services behind corrections, review and signing in."""

    corrections: Corrections
    curation: Curation
    curators: Curators
    traffic: Traffic


def open_desk(database: Database, source: SnapshotSource[Services], keys: Sequence[str]) -> Desk:
    """Set up the desk of one installation.

    :param keys: its secret keys; the first is the one in use.
    """
    curators = Curators(database, keys[0])
    return Desk(
        corrections=Corrections(database, keys),
        curation=Curation(database, source),
        curators=curators,
        traffic=Traffic(database),
    )
