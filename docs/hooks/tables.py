"""Tables of columns, settings, statuses and limits, made from the code that defines them."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path

from regmap.domain.vocabulary import STATUSES
from regmap.http.limits import LIMITS
from regmap.services.exports.columns import COLUMNS, MEANINGS, Column, Table
from regmap.settings import ROOT, Settings, variable

_KINDS = {
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "flag": "true or false",
    "day": "day, `YYYY-MM-DD`",
    "law_date": "date as precise as it is known",
    "moment": "moment, RFC 3339 in UTC",
    "list": "JSON list",
}
_LIMITED = {
    "corrections.submit": "corrections handed in",
    "corrections.change": "additions to a correction, and withdrawals",
    "questions": "batches, verdicts and routes",
    "exports": "asking for whole files",
    "sign_in": "attempts to sign in",
    "curation": "calls of curators",
}


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; bars inside cells are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines
    )


def columns(table: str) -> str:
    """The columns of one table of the files."""
    rows = [(f"`{one.name}`", _kind(one), _meaning(one)) for one in COLUMNS[Table(table)]]
    return markdown(("column", "kind", "meaning"), rows)


def listed() -> str:
    """The tables of the files, with what a row of each is about."""
    rows = [
        (f"[`{table}`](#{table})", str(len(COLUMNS[table])), meaning)
        for table, meaning in MEANINGS.items()
    ]
    return markdown(("table", "columns", "what it holds"), rows)


def settings() -> str:
    """Every setting with its default and meaning."""
    rows = []
    for knob in fields(Settings):
        rows.append((f"`{variable(knob.name)}`", _default(knob.default), knob.metadata["meaning"]))
    return markdown(("variable", "default", "meaning"), rows)


def statuses() -> str:
    """The statuses, most restrictive first, with their colours."""
    rows = []
    for code, entry in STATUSES.items():
        kind = " hatched" if entry.hatched else ""
        swatch = f'<span class="swatch{kind}" style="background-color:{entry.fill}"></span>'
        rows.append((f"{swatch} `{code}`", entry.meaning))
    return markdown(("status", "meaning"), rows)


def limits() -> str:
    """How often one address may do what.

    :raises KeyError: if a limit is new, and nobody has said here what it is on.
    """
    rows = [(_LIMITED[name], text) for name, text in LIMITS.items()]
    return markdown(("what", "one address may"), rows)


def _kind(column: Column) -> str:
    return _KINDS[column.kind] + ("" if column.required else ", may be empty")


def _meaning(column: Column) -> str:
    codes = ", ".join(f"`{code}`" for code in column.codes)
    return f"{column.meaning} ({codes})" if codes else column.meaning


def _default(value: object) -> str:
    if value == "":
        return "none"
    text = str(value.relative_to(ROOT)) if isinstance(value, Path) else str(value)
    return f"`{text.replace(f'{ROOT}/', '…/')}`"
