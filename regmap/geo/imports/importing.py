"""Makes an imported layer of a file: which rows stay, what they match, and the report of it."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from regmap.domain.errors import DataProblem, InvalidValue
from regmap.files import write_synced
from regmap.geo.build.publish import write_parquet
from regmap.geo.build.shapes import Shape
from regmap.geo.imports import census
from regmap.geo.imports.census import Group, Kind
from regmap.geo.imports.layers import ImportedLayer, finishing, layer_name, put_layer
from regmap.geo.imports.matching import Directory, Row
from regmap.geo.imports.reading import Source, read
from regmap.geo.imports.shaping import Unusable, mended, united

DEFAULT_ERROR_KM = 0.2
_GEOID_COLUMNS = ("GEOID", "GEOID20", "GEOID10", "GEOIDFQ", "AFFGEOID", "geoid")
_NAME_COLUMNS = ("NAME", "name", "Name", "NAMELSAD")


@dataclass(frozen=True, slots=True)
class Options:
    """How to read a file, where it does not say so itself.

    ``id_column`` holds our ids, ``geoid_column`` GEOIDs. ``complete_states`` (``US-FL``): the
    operator vouches that all their incorporated places are in the file. ``error_km``: how far the
    limits may be off.
    """

    id_column: str | None = None
    geoid_column: str | None = None
    layer: str | None = None
    vintage: str | None = None
    licence: str | None = None
    error_km: float = DEFAULT_ERROR_KM
    complete_states: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """What became of the rows of a file.

    ``read`` is all of them; ``matched`` and ``detailed`` are ids of jurisdictions, which have
    exact limits now or had them before; ``kept`` are incorporated places that no record is about;
    ``refused`` names rows whose shapes cannot be kept; ``united`` counts rows joined to another.
    """

    name: str
    read: int = 0
    designated: int = 0
    statistical: int = 0
    repaired: int = 0
    united: int = 0
    kept: int = 0
    unmatched: int = 0
    matched: list[str] = field(default_factory=list)
    detailed: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    complete_states: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The numbers, by what they count."""
        return {
            "read": self.read,
            "designated": self.designated,
            "statistical": self.statistical,
            "repaired": self.repaired,
            "united": self.united,
            "refused": len(self.refused),
            "matched": len(self.matched),
            "detailed": len(self.detailed),
            "kept": self.kept,
            "unmatched": self.unmatched,
        }


def import_file(
    file: Path, folder: Path, directory: Directory, options: Options, now: datetime
) -> Report:
    """Read a file and keep its limits as a layer in ``folder``.

    A file that brings nothing leaves everything as it was: its report has neither ``matched`` nor
    ``kept``.

    :param now: with a time zone.
    :raises DataProblem: if the file is damaged or contradicts itself, or the disk refuses.
    :raises InvalidValue: if an option does not fit the file.
    """
    source = read(file, options.layer)
    kind = census.kind_of(source.columns)
    report = Report(layer_name(file), read=len(source), notes=list(source.notes))
    rows = _rows(file, source, kind, directory, options, report)
    shapes = _kept_shapes(file, rows, kind, directory, report)
    if not shapes:
        if report.read == len(report.refused):
            first = report.refused[0] if report.refused else "it is empty"
            raise DataProblem(f"{file}: has no row that can be kept: {first}")
        return report
    report.complete_states = _complete_states(file, source, kind, directory, options, report)
    with finishing(folder) as making:
        finished = making / "layer.parquet"
        try:
            write_synced(finished, lambda path: write_parquet(shapes, path))
        except pa.ArrowException as error:
            raise DataProblem(f"{folder}: cannot be written ({error})") from None
        put_layer(folder, _layer(file, finished, kind, options, report, now), finished)
    return report


def _rows(
    file: Path,
    source: Source,
    kind: Kind,
    directory: Directory,
    options: Options,
    report: Report,
) -> list[Row]:
    """The rows of governments, mended; the others are counted."""
    ids, geoids = _keys(file, source, options)
    columns = source.columns
    absent: list[Any] = [None] * len(source)
    names = next((columns[name] for name in _NAME_COLUMNS if name in columns), absent)
    rows: list[Row] = []
    for place, shape in enumerate(source.shapes):
        values = {name: _text(columns[name][place]) for name in _TOLD if name in columns}
        group = census.group_of(kind, values.get("CLASSFP"), values.get("LSAD"))
        if group is not Group.GOVERNMENT:
            report.designated += group is Group.DESIGNATED
            report.statistical += group is Group.STATISTICAL
            continue
        row = Row(
            number=place + 1,
            name=_text(names[place]) or "",
            legal_name=values.get("NAMELSAD") or _text(names[place]) or "",
            id=_text(ids[place]) if ids else None,
            geoid=census.geoid_in(geoids[place]) if geoids else None,
            state=directory.state_of_fips.get(values.get("STATEFP") or ""),
            shape=shape,
        )
        rows += _mended(row, report)
    return rows


_TOLD = ("CLASSFP", "LSAD", "NAMELSAD", "STATEFP")


def _mended(row: Row, report: Report) -> Iterator[Row]:
    """The row with its shape mended; none where that cannot be."""
    try:
        shape, repaired = mended(row.shape)
    except Unusable as reason:
        report.refused.append(f"{row}: {reason}")
        return
    report.repaired += repaired
    yield Row(row.number, row.name, row.legal_name, row.id, row.geoid, row.state, shape)


def _keys(
    file: Path, source: Source, options: Options
) -> tuple[list[Any] | None, list[Any] | None]:
    """The columns of our ids and of GEOIDs, as chosen or as found."""
    has = ", ".join(source.columns) or "no column"
    for option, column in (("id", options.id_column), ("geoid", options.geoid_column)):
        if column is not None and column not in source.columns:
            raise InvalidValue(
                {f"--{option}-column": [f"{file} has no column {column!r}; it has: {has}."]}
            )
    found = next((name for name in _GEOID_COLUMNS if name in source.columns), None)
    geoid_column = options.geoid_column or found
    if options.id_column is None and geoid_column is None:
        raise DataProblem(
            f"{file}: has no column GEOID; name one with --geoid-column, or one with jurisdiction"
            f" ids with --id-column. It has: {has}"
        )
    ids = source.columns[options.id_column] if options.id_column else None
    return ids, source.columns[geoid_column] if geoid_column else None


def _text(value: Any) -> str | None:
    text = None if value is None else str(value).strip()
    return text or None


def _kept_shapes(
    file: Path, rows: list[Row], kind: Kind, directory: Directory, report: Report
) -> list[Shape]:
    """One shape per jurisdiction or incorporated place, in the order of their ids and GEOIDs."""
    sorted_out: dict[tuple[str, str], list[Row]] = defaultdict(list)
    detailed = set()
    for row in rows:
        match = directory.match(row, kind)
        if match is not None and (doubt := directory.contradiction(match, row)):
            report.notes.append(doubt)
            match = None
        elif match is None and row.id is not None:
            report.notes.append(f"{row}: no jurisdiction has the id {row.id!r}")
        if match is not None and match.id in directory.detailed:
            detailed.add(match.id)
        elif match is not None:
            sorted_out["id", match.id].append(row)
        elif kind is Kind.PLACE:
            sorted_out["geoid", row.geoid or f"row {row.number}"].append(row)
        else:
            report.unmatched += 1
    report.detailed = sorted(detailed)
    report.matched = sorted(key for by, key in sorted_out if by == "id")
    report.kept = len(sorted_out) - len(report.matched)
    return [
        _shape(file, key if by == "id" else None, group, directory, report)
        for (by, key), group in sorted(sorted_out.items(), key=lambda item: item[0][::-1])
    ]


def _shape(
    file: Path, id: str | None, rows: list[Row], directory: Directory, report: Report
) -> Shape:
    first = rows[0]
    for other in rows[1:]:
        if census.plain_name(other.name) != census.plain_name(first.name):
            raise DataProblem(f"{file}: {other}: has the same id as {first}, but another name")
    report.united += len(rows) - 1
    jurisdiction = directory.by_id[id] if id else None
    return Shape(
        id=id,
        name=jurisdiction.name if jurisdiction else first.legal_name or first.name,
        level=str(jurisdiction.level) if jurisdiction else "place",
        parent=jurisdiction.parent if jurisdiction else first.state,
        geometry=united([row.shape for row in rows]),
        geoid=first.geoid,
    )


def _complete_states(
    file: Path,
    source: Source,
    kind: Kind,
    directory: Directory,
    options: Options,
    report: Report,
) -> tuple[str, ...]:
    """Our ids of the states whose incorporated places are all here; fails closed.

    One refused shape is one place too few, and nobody knows of which county.
    """
    codes = {_text(code) or "" for code in source.columns.get("STATEFP", [])}
    states = {id for code, id in directory.state_of_fips.items() if code in codes}
    for state in options.complete_states:
        # Other files say neither what is incorporated nor keep what no record is about.
        if kind is not Kind.PLACE or state not in states:
            told = f"{file} is no Census place file with rows of {state}."
            raise InvalidValue({"--complete-state": [told]})
    if report.refused:
        if options.complete_states:
            report.notes.append("no state counts as complete, because rows were refused")
        return ()
    if census.holds_whole_states(file.stem, kind, codes):
        return tuple(sorted(states))
    return tuple(sorted(set(options.complete_states)))


def _layer(
    file: Path, finished: Path, kind: Kind, options: Options, report: Report, now: datetime
) -> ImportedLayer:
    from_census = kind is not Kind.OTHER
    sha256 = _sha256(finished)
    return ImportedLayer(
        name=report.name,
        file=f"{report.name}-{sha256[:12]}.parquet",
        sha256=sha256,
        size=finished.stat().st_size,
        kind=kind,
        source=f"{census.PUBLISHER}: {file.name}" if from_census else file.name,
        source_file=file.name,
        source_sha256=_sha256(file),
        licence=options.licence or (census.LICENCE if from_census else "unknown"),
        vintage=options.vintage or census.vintage_in(file.stem) or "unknown",
        error_km=options.error_km,
        imported_at=now.isoformat(timespec="microseconds"),
        complete_states=report.complete_states,
        matched=tuple(report.matched),
        counts=report.counts,
    )


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
