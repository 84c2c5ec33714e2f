"""What a release holds, in numbers: read from its finished files, as anybody can."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

STATUSES_FILE = "statuses.csv"
PERIODS_FILE = "periods.csv"


@dataclass(frozen=True, slots=True)
class Survey:
    """Numbers of rows of ``statuses.csv``, but ``earliest``: when the first period begins.

    :param by_status: by the code of the status.
    :param low: decided by evidence of low confidence.
    :param doubted: with at least one reason to doubt.
    :param perhaps_stricter: where something stricter may hold.
    """

    rows: int
    by_status: Counter[str]
    low: int
    doubted: int
    perhaps_stricter: int
    earliest: date | None


def survey(folder: Path) -> Survey:
    """Count what a package holds.

    :raises OSError: if a file cannot be read.
    """
    by_status: Counter[str] = Counter()
    low = doubted = perhaps = 0
    for row in rows_of(folder / STATUSES_FILE):
        by_status[row["status"]] += 1
        low += row["confidence"] == "low"
        doubted += row["doubts"] != "0"
        perhaps += row["strictest_possible"] != row["status"]
    days = (row["from_day"] for row in rows_of(folder / PERIODS_FILE) if row["from_day"])
    first = min(days, default=None)
    return Survey(
        rows=by_status.total(),
        by_status=by_status,
        low=low,
        doubted=doubted,
        perhaps_stricter=perhaps,
        earliest=date.fromisoformat(first) if first else None,
    )


def rows_of(file: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, each by the names of its columns.

    :raises OSError: if it cannot be read.
    """
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)
