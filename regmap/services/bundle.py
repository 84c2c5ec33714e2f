"""Everything that can be asked of the data set, for the views: one object per snapshot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from regmap.domain.vocabulary import Substance
from regmap.geo.drawings import Drawings
from regmap.geo.pictures import Pictures as Shapes
from regmap.release.substances import read_substances
from regmap.services.asking import Asking
from regmap.services.browse import Browse
from regmap.services.changes import Changes, LastingChanges
from regmap.services.features import Canvas, Features
from regmap.services.finder import Finder
from regmap.services.history import History
from regmap.services.kept import Kept
from regmap.services.lookup import LastingAnswers, Lookup
from regmap.services.map_timeline import MapTimelines
from regmap.services.maps import Maps
from regmap.services.news import News
from regmap.services.pictures import Pictures
from regmap.services.routes import Routes
from regmap.services.search import Search
from regmap.services.situations import Situations
from regmap.services.snapshot import Snapshot, open_geography
from regmap.services.source import SnapshotSource
from regmap.services.table import Tables
from regmap.services.tally import Tallies
from regmap.services.tellings import Tellings
from regmap.services.verdicts import Verdicts
from regmap.services.versions import Versions
from regmap.store.database import Database
from regmap.store.log_copy import LogCopy, Readable

# What a worker keeps ready. An answer is about 1 KB beside its layers, a layer 0.2 to 8 KB.
_KEPT_ANSWERS = 8_000
_LASTING_ANSWERS = 4_096
_LASTING_CHANGES = 2_048
_KEPT_LAYERS = 8_000
_KEPT_MAP_BYTES = 8 << 20
_KEPT_LIST_BYTES = 4 << 20
_KEPT_PICTURE_BYTES = 4 << 20


@dataclass(frozen=True)
class Services:
    """The services of one snapshot."""

    snapshot: Snapshot
    lookup: Lookup
    browse: Browse
    changes: Changes
    news: News
    maps: Maps
    features: Features
    pictures: Pictures
    timelines: MapTimelines
    tables: Tables
    tallies: Tallies
    finder: Finder
    asking: Asking
    search: Search
    routes: Routes
    verdicts: Verdicts
    history: History
    versions: Versions
    kept_answers: Kept[dict[str, Any]]
    kept_compact: Kept[dict[str, Any]]
    kept_layers: Kept[orjson.Fragment]
    kept_maps: Kept[bytes]
    kept_lists: Kept[tuple[bytes, str, Mapping[str, str]]]
    kept_pictures: Kept[bytes]


def open_services(
    database: Database,
    data_dir: Path,
    cache_dir: Path | None,
    today: Callable[[], date],
    boundaries_dir: Path | None = None,
) -> SnapshotSource[Services]:
    """Open the data set.

    :param cache_dir: where a quick form of the boundaries is kept between runs; None: nowhere.
    :param boundaries_dir: the limits that an operator imported; None: none.
    :param today: gives the present day (UTC); evidence is aged by it.
    :raises DataProblem: if the database or the boundaries are missing or broken.
    """
    database.check()
    substances: Mapping[str, Substance] = read_substances(data_dir / "substances.yaml")
    geography = open_geography(data_dir, cache_dir, boundaries_dir)
    drawings = Drawings(geography.atlas)
    shapes = Shapes(drawings, geography.atlas)
    canvas = Canvas(drawings, geography.atlas)
    copy = LogCopy(database, cache_dir) if database.is_remote and cache_dir else None
    log: Readable = copy or database
    outlasting = _Outlasting(
        History(log),
        Versions(log),
        Tellings(log),
        drawings,
        shapes,
        canvas,
        LastingAnswers(_LASTING_ANSWERS),
        LastingChanges(_LASTING_CHANGES),
    )

    def services_of(snapshot: Snapshot) -> Services:
        return _services(snapshot, outlasting, today)

    return SnapshotSource(database, substances, geography, services_of, copy)


@dataclass(frozen=True)
class _Outlasting:
    """What the services of all snapshots share."""

    history: History
    versions: Versions
    tellings: Tellings
    drawings: Drawings
    shapes: Shapes
    canvas: Canvas
    answers: LastingAnswers
    changes: LastingChanges


def _services(snapshot: Snapshot, shared: _Outlasting, today: Callable[[], date]) -> Services:
    lookup = Lookup(snapshot, Situations(snapshot), today, shared.answers)
    browse = Browse(snapshot, lookup)
    changes = Changes(snapshot, lookup, shared.versions, shared.changes)
    maps = Maps(snapshot, lookup, browse, shared.drawings)
    finder = Finder(snapshot)
    asking = Asking(snapshot, finder)
    return Services(
        snapshot=snapshot,
        lookup=lookup,
        browse=browse,
        changes=changes,
        news=News(snapshot, lookup, changes, shared.versions, shared.tellings),
        maps=maps,
        features=Features(snapshot, lookup.situations, browse, shared.canvas),
        pictures=Pictures(snapshot, lookup, browse, maps, shared.shapes),
        timelines=MapTimelines(snapshot, lookup, browse, shared.drawings),
        tables=Tables(snapshot, lookup, browse),
        tallies=Tallies(snapshot, lookup.situations),
        finder=finder,
        asking=asking,
        search=Search(snapshot, browse, finder, asking),
        routes=Routes(snapshot, lookup, browse),
        verdicts=Verdicts(snapshot, lookup, today),
        history=shared.history,
        versions=shared.versions,
        kept_answers=Kept(_KEPT_ANSWERS),
        kept_compact=Kept(_KEPT_ANSWERS),
        kept_layers=Kept(_KEPT_LAYERS),
        kept_maps=Kept(_KEPT_MAP_BYTES, len),
        kept_lists=Kept(_KEPT_LIST_BYTES, lambda kept: len(kept[0])),
        kept_pictures=Kept(_KEPT_PICTURE_BYTES, len),
    )
