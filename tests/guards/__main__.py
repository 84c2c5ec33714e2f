"""``python -m tests.guards [ROW …]``: takes each guard out and runs its test, which has to fail.

``--page`` writes the table of the page of threats instead.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from regmap.services.snapshot import open_geography
from tests.guards.rows import GENERATED, PAGES, ROOT, Row, all_rows, rows_of, with_table
from tests.guards.taking_out import Outcome, all_pass, try_without


def main(arguments: list[str]) -> int:
    """Exit status 0: every test noticed; 1: one did not; 2: wrong use."""
    parser = argparse.ArgumentParser(prog="python -m tests.guards", description=__doc__)
    parser.add_argument("row", nargs="*", help="names of rows; all without any")
    parser.add_argument("--page", action="store_true", help="write the page's table, run nothing")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(arguments)
    if asked.page:
        page = PAGES[GENERATED]
        page.write_text(with_table(page.read_text(), rows_of(GENERATED)), encoding="utf-8")
        return 0
    rows = [row for row in all_rows() if not asked.row or row.name in asked.row]
    unknown = set(asked.row) - {row.name for row in rows}
    if unknown or not rows:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="regmap-guards-") as folder:
        return _run(rows, Path(folder), asked.jobs)


def _run(rows: list[Row], folder: Path, jobs: int) -> int:
    cache = folder / "cache"
    cache.mkdir()
    open_geography(ROOT / "data", cache)
    whole = all_pass(rows, folder, cache)
    if not whole.noticed:
        print(whole.said, "With every guard in its place these tests do not pass.", sep="\n")
        return 1

    def tried(row: Row) -> Outcome:
        own = Path(tempfile.mkdtemp(dir=folder))
        outcome = try_without(row, own, cache)
        print(f"{'noticed' if outcome.noticed else 'NOT NOTICED':12} {row.name}", flush=True)
        return outcome

    with ThreadPoolExecutor(jobs) as pool:
        missed = [one for one in pool.map(tried, rows) if not one.noticed]
    for one in missed:
        print(f"\n{one.row.name}: {one.row.test}\n{one.said}")
    print(f"{len(rows) - len(missed)} of {len(rows)} guards are noticed when they are gone")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
