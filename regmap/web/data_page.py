"""``/data``: the whole data set as files, feeds and map services, and how to cite it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, request

from regmap.domain.vocabulary import Substance
from regmap.domain.wording import Said, said
from regmap.http.context import services, today
from regmap.http.host import site
from regmap.services.exports.columns import COLUMNS, MEANINGS, Table
from regmap.services.exports.files import Form
from regmap.services.naming import citation
from regmap.services.snapshot import Snapshot
from regmap.services.versions import Version
from regmap.web.clock import asked_known_at
from regmap.web.docs_page import coded
from regmap.web.page import api_link, page
from regmap.web.parameters import Parameters, refused_page, tidy_address

_OFFERED_VERSIONS = 30
_GEOMETRIES = ("simple", "full")

FORMS: Mapping[Form, tuple[str, Said]] = {
    Form.CSV: ("CSV", said("for spreadsheets, R and pandas; no shapes")),
    Form.JSONL: ("JSON Lines", said("an object a line, for programs; no shapes")),
    Form.GEOJSON: ("GeoJSON", said("with shapes, for web maps")),
    Form.GPKG: ("GeoPackage", said("with shapes, for QGIS, ArcGIS and other GIS")),
    Form.PARQUET: (
        "GeoParquet",
        said("with shapes, small and typed, for geopandas, DuckDB and R"),
    ),
}
"""The formats as people know them, and what each is good for."""

TABLES: Mapping[Table, tuple[Said, Said]] = {
    Table.STATUSES: (
        said("Statuses"),
        said("Which status holds in each jurisdiction on a day, with the law above it."),
    ),
    Table.PERIODS: (
        said("Periods"),
        said("Every period of law of every record, with rules and sources."),
    ),
    Table.CHANGES: (
        said("Changes"),
        said("Every dated change of the law, announced ones too, and what was corrected."),
    ),
    Table.RECORDS: (
        said("Records"),
        said("Every record with its evidence, notes and pending bills."),
    ),
}
"""The tables as people know them, and what a row of each is."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the files are to be of; None: today, every substance."""

    on: date | None
    substance: Substance | None
    geometry: str

    def address(self, table: Table, form: Form) -> str:
        """Where the file is."""
        return api_link(
            f"/export/{form}",
            table=table if table is not Table.STATUSES else None,
            on=self.on if table is not Table.RECORDS else None,
            substance=self.substance.code if self.substance else None,
            geometry=self.geometry if form.has_shapes and self.geometry != "simple" else None,
        )


def join(pages: Blueprint) -> None:
    """Register the page."""

    @pages.get("/data")
    def data() -> Response:
        """What there is, with the addresses of the files that are asked for."""
        tidy = tidy_address("/data", on=today().isoformat(), geometry="simple")
        if tidy is not None:
            return tidy
        asked = Parameters(request.args)
        chosen = _chosen(asked)
        values = _values(chosen)
        if asked.errors:
            return refused_page("data.html", asked.errors, **values)
        return page("data.html", errors={}, **values)


def _chosen(asked: Parameters) -> Chosen:
    geometry = asked.text("geometry") or "simple"
    if geometry not in _GEOMETRIES:
        asked.refuse("geometry", said("Must be one of {codes}.", codes=", ".join(_GEOMETRIES)))
        geometry = "simple"
    return Chosen(
        on=asked.day("on"),
        substance=asked.substance(services().snapshot.substances),
        geometry=geometry,
    )


def _values(chosen: Chosen) -> dict[str, Any]:
    snapshot = services().snapshot
    host = site()
    versions, _ = services().versions.listed(limit=_OFFERED_VERSIONS)
    return {
        "chosen": chosen,
        "today": today(),
        "substances": snapshot.substances,
        "versions": {_moment(version): version for version in versions[1:]},
        "newest": versions[0] if versions else None,
        "shown_moment": asked_known_at(),
        "TABLES": TABLES,
        "FORMS": FORMS,
        "COLUMNS": COLUMNS,
        "MEANINGS": MEANINGS,
        "coded": coded,
        "host": host,
        "samples": _samples(host, chosen),
        "data_version": snapshot.data_version,
        "citation": citation(snapshot.data_version, _dated(snapshot)),
    }


def _dated(snapshot: Snapshot) -> date:
    """The day of the version; of an empty one, which was never recorded, today."""
    return snapshot.recorded_at.date() if snapshot.recorded_at else today()


def _moment(version: Version) -> str:
    return version.recorded_at.isoformat().replace("+00:00", "Z")


def _samples(host: str, chosen: Chosen) -> str:
    """Lines of Python that read what is chosen."""
    table = host + chosen.address(Table.STATUSES, Form.CSV)
    shapes = host + chosen.address(Table.STATUSES, Form.GEOJSON)
    return (
        "import geopandas, pandas\n\n"
        f'table = pandas.read_csv("{table}", keep_default_na=False)  # NA is Namibia\n'
        f'shapes = geopandas.read_file("{shapes}")'
    )
