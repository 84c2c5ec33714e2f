"""``datapackage.json`` (Frictionless Data Package): what every file and every column is.

Two of them: of a release, and of the record files in ``data/``.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from regmap.domain.vocabulary import Substance
from regmap.services.exports.columns import Column, Kind
from regmap.services.naming import AUTHORS, TITLE
from regmap.services.naming import LICENCE as LICENCE_URL
from regmap.services.publishing.edition import (
    DESCRIPTION,
    KEYWORDS,
    LICENCE,
    LICENCE_TITLE,
    NAME,
    Edition,
    Part,
)

_LAW_DATE = "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?"
_TYPES: Mapping[Kind, Mapping[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.FLAG: {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    Kind.DAY: {"type": "date"},
    Kind.LAW_DATE: {"type": "string"},
    Kind.MOMENT: {"type": "datetime"},
    Kind.LIST: {"type": "array"},
}
_SOURCES = (
    ("Statutes, rules, ordinances and other sources of each period: column `sources`", None),
    ("U.S. Census Bureau, cartographic boundary files", "https://www.census.gov/"),
    ("Natural Earth", "https://www.naturalearthdata.com/"),
)
_TEXT_FORMS = {"csv", "jsonl", "geojson", "md", "txt", "cff", "jsonld"}


def release_package(edition: Edition, parts: Sequence[Part]) -> dict[str, Any]:
    """The description of a release; the same release gives the same."""
    sources = [
        {"title": title, **({"path": url} if url else {})}
        for title, url in (*_SOURCES, *((title, None) for title, _ in edition.credits))
    ]
    return {
        **_head(),
        "version": edition.version,
        "created": _moment(edition),
        "sources": sources,
        "citation": edition.citation,
        "regmap": {
            "release": edition.name,
            "on": edition.on.isoformat(),
            "revision": edition.revision,
            "hash": edition.sealed,
            "previous": edition.previous,
        },
        "resources": [_resource(part) for part in parts],
    }


def records_package(data_dir: Path, substances: Iterable[Substance]) -> dict[str, Any]:
    """The description of the record files: ``data/datapackage.json``.

    Their contents are not in it, so that correcting a record does not change it.
    """
    folder = data_dir / "records"
    files = sorted(file.relative_to(data_dir).as_posix() for file in folder.rglob("*.yaml"))
    named = ", ".join(f"{substance.name} (`{substance.code}`)" for substance in substances)
    return {
        **_head(),
        "name": "regmap-records",
        "title": f"{TITLE}: the record files",
        "description": "Every known period of law with its dates, rules, sources and confidence,"
        " as text to read, correct and review.",
        "resources": [
            {
                "name": "codebook",
                "path": "CODEBOOK.md",
                "title": "What every code means",
                "mediatype": "text/markdown",
                "encoding": "utf-8",
            },
            {
                "name": "substances",
                "path": "substances.yaml",
                "title": "The substances",
                "description": named,
                "mediatype": "application/yaml",
                "encoding": "utf-8",
            },
            {
                "name": "records",
                "path": files,
                "title": "The records, a file a jurisdiction",
                "description": "Checked by `regmap validate`; as tables in `regmap release`.",
                "mediatype": "application/yaml",
                "encoding": "utf-8",
            },
        ],
    }


def as_text(package: Mapping[str, Any]) -> str:
    """A description as it stands in its file."""
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def field_of(column: Column) -> dict[str, Any]:
    """A column as a Table Schema field."""
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if column.codes:
        constraints["enum"] = [str(code) for code in column.codes]
    if column.kind is Kind.LAW_DATE:
        constraints["pattern"] = _LAW_DATE
    told = {"name": column.name, **_TYPES[column.kind], "description": column.meaning}
    return {**told, "constraints": constraints} if constraints else told


def resource_name(path: str) -> str:
    """The name of a file as a resource: ``statuses.csv`` is ``statuses-csv``."""
    return path.lower().replace(".", "-")


def _head() -> dict[str, Any]:
    return {
        "profile": "data-package",
        "name": NAME,
        "title": TITLE,
        "description": DESCRIPTION,
        "keywords": list(KEYWORDS),
        "licenses": [{"name": LICENCE, "title": LICENCE_TITLE, "path": LICENCE_URL}],
        "contributors": [{"title": AUTHORS, "role": "author"}],
    }


def _resource(part: Part) -> dict[str, Any]:
    is_table = bool(part.columns) and part.form == "csv"
    told: dict[str, Any] = {
        "name": resource_name(part.path),
        "type": "table" if is_table else "file",
        "profile": "tabular-data-resource" if is_table else "data-resource",
        "path": part.path,
        "title": part.title,
        "description": part.description,
        "format": part.form,
        "mediatype": part.mediatype,
        "bytes": part.bytes,
        "hash": f"sha256:{part.sha256}",
    }
    if part.form in _TEXT_FORMS:
        told["encoding"] = "utf-8"
    if part.rows is not None:
        # `rows` is known to tools that can read the file as a table
        told["rows" if is_table else "items"] = part.rows
    if is_table:
        told["schema"] = _schema(part)
    return told


def _schema(part: Part) -> dict[str, Any]:
    told: dict[str, Any] = {
        "fields": [field_of(column) for column in part.columns],
        "missingValues": [""],
    }
    if part.key:
        told["primaryKey"] = list(part.key)
    if part.unique:
        told["uniqueKeys"] = [list(part.unique)]
    if part.refers:
        told["foreignKeys"] = [
            {
                "fields": list(names),
                "reference": {"resource": resource_name(path), "fields": list(names)},
            }
            for path, names in part.refers.items()
        ]
    return told


def _moment(edition: Edition) -> str:
    return edition.recorded_at.isoformat(timespec="seconds").replace("+00:00", "Z")
