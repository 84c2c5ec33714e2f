"""Which files a release has, and what each holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from regmap.services.exports.columns import COLUMNS, KEYS, MEANINGS, Column, Table
from regmap.services.exports.files import Form
from regmap.services.publishing import citation, dcat, panel, readme, revision_log
from regmap.services.publishing.edition import REVISIONS

CODEBOOK = "CODEBOOK.md"
CHANGELOG = "CHANGELOG.md"

_MEDIATYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "jsonl": "application/x-ndjson",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "md": "text/markdown",
    "txt": "text/plain",
    "cff": "application/yaml",
    "jsonld": "application/ld+json",
}
_FORMS: Mapping[Form, str] = {
    Form.CSV: "CSV",
    Form.JSONL: "JSON Lines",
    Form.GEOJSON: "GeoJSON",
    Form.GPKG: "GeoPackage",
    Form.PARQUET: "GeoParquet",
}
_TABLES: Mapping[Table, Sequence[Form]] = {
    Table.STATUSES: tuple(Form),
    Table.PERIODS: (Form.CSV, Form.JSONL, Form.PARQUET),
    Table.RECORDS: (Form.CSV, Form.JSONL),
    Table.CHANGES: (Form.CSV, Form.JSONL),
}
_SUBJECT = ("jurisdiction", "substance")


@dataclass(frozen=True, slots=True)
class Content:
    """A file of a release.

    :param table: which one it holds, in which ``form``; None: it is made otherwise.
    :param key: the columns by which a row is told from all others.
    :param unique: the same, where one of them may be empty.
    :param refers: file by file, the columns whose values stand there too.
    """

    path: str
    title: str
    description: str
    table: Table | None = None
    form: Form | None = None
    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    refers: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def mediatype(self) -> str:
        """Its media type."""
        return _MEDIATYPES[self.path.rpartition(".")[2]]


def table_contents() -> list[Content]:
    """The tables of the data set, each in its formats."""
    return [_table(table, form) for table, forms in _TABLES.items() for form in forms]


PANEL = Content(
    panel.FILE,
    "Statuses by month",
    f"which status held in each jurisdiction on the first day of every month since"
    f" {panel.FIRST_MONTH:%Y-%m}, by what is known today",
    columns=panel.COLUMNS,
    key=panel.KEY,
    refers={"statuses.csv": _SUBJECT},
)
LOG = Content(
    REVISIONS,
    "The edit log",
    "every edit of every record, each sealed with the hash of the one before",
    columns=revision_log.COLUMNS,
)
CODES = Content(CODEBOOK, "Codebook", "what every code means")
FACTS = Content(CHANGELOG, "Changelog of facts", "what is told otherwise than in the last release")
CITATION = Content(citation.FILE, "How to cite", "how to cite this release, for programs")
LICENSE = Content(readme.LICENSE, "Licence", "the terms of use, and whose work the shapes are")
CATALOGUE = Content(dcat.FILE, "DCAT", "this release, for catalogues of data")
README = Content(readme.README, "Read me", "what is here, known doubts, how to cite and to check")
OTHERS = (PANEL, LOG, FACTS, CODES, CITATION, LICENSE, CATALOGUE, README)
"""What is made beside the tables, in this order; description and checksums come after it."""


def _table(table: Table, form: Form) -> Content:
    path = f"{table}.{form}"
    # a period without a known beginning has an empty cell there, which no key may have
    keyed = "unique" if table in (Table.PERIODS, Table.CHANGES) else "key"
    refers: dict[str, Sequence[str]] = {}
    if table in (Table.PERIODS, Table.RECORDS):
        refers = {"records.csv" if table is Table.PERIODS else "statuses.csv": _SUBJECT}
    return Content(
        path,
        f"{str(table).capitalize()} ({_FORMS[form]})",
        MEANINGS[table],
        table,
        form,
        COLUMNS[table],
        refers=refers,
        **{keyed: KEYS[table]},
    )
