"""The rows of a table of guards, and the table as a page of the guide shows it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PAGES = {
    HERE / "threats.toml": ROOT / "docs" / "operate" / "threats.md",
    HERE / "faults.toml": ROOT / "docs" / "operate" / "faults.md",
}
"""The rows, and the page that tells of them."""

GENERATED = HERE / "threats.toml"
"""The rows whose page has its table from here; the other is written by hand."""

BEGIN, END = "<!-- rows: python -m tests.guards --page -->", "<!-- end of rows -->"
_NODE = re.compile(r"tests/[\w/]+\.py::\w+")


@dataclass(frozen=True)
class Row:
    """A guard that can be taken out.

    ``text`` stands once in ``file``; with ``instead`` in its place, ``test`` (a node of pytest)
    has to fail. ``group``, ``what`` and ``guard`` are the words of the page.
    """

    name: str
    what: str
    guard: str
    file: str
    text: str
    instead: str
    test: str
    group: str = ""


def rows_of(file: Path) -> list[Row]:
    """The rows of a file; none where it is not there."""
    if not file.is_file():
        return []
    return [Row(**one) for one in tomllib.loads(file.read_text(encoding="utf-8"))["row"]]


def all_rows() -> list[Row]:
    """Every row there is."""
    return [row for file in PAGES for row in rows_of(file)]


def nodes_named(text: str) -> set[str]:
    """The tests that a page names."""
    return set(_NODE.findall(text))


def table(rows: Iterable[Row]) -> str:
    """Rows as Markdown, a table for each group."""
    lines: list[str] = []
    group = None
    for row in rows:
        if row.group != group:
            group = row.group
            lines += ["", f"## {group}", "", "| Threat | Guard | Test |", "|---|---|---|"]
        guard = f"{row.guard} (`{row.file}`)"
        lines.append(f"| {row.what} | {guard} | `{row.test}` |")
    return "\n".join([*lines, ""])


def with_table(page: str, rows: Iterable[Row]) -> str:
    """A page with its table as the rows have it.

    :raises ValueError: if the page has no place for it.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{BEGIN} or {END} is missing")
    return f"{before}{BEGIN}\n{table(rows)}\n{END}{after}"
