"""``python -m tests.soak --minutes 30``: loads two workers and says whether all held."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from regmap.services.snapshot import open_geography
from tests.e2e.process import environment, serving
from tests.e2e.submitters import curators_token
from tests.served import DATA, loaded_database
from tests.soak.running import WORKERS, soak

MOST_GROWTH = 0.05
MOST_P99_MS = 100.0


def main(arguments: list[str]) -> int:
    """Exit status 0: no error, memory within 5 %, p99 under 100 ms; 1: not so."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--report", type=Path, help="a file for the report; printed in any case")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="regmap-soak-") as folder:
        cache = Path(folder) / "cache"
        open_geography(DATA, cache)
        database = loaded_database(Path(folder) / "regmap.sqlite")
        token = curators_token(database)
        settings = environment(
            database, cache, REGMAP_WORKERS=str(WORKERS), REGMAP_ACCESS_LOG="off"
        )
        with serving(settings) as server:
            soaked = soak(server.address, server.process.pid, token, asked.minutes * 60)
    print(soaked.told(), *soaked.seen.errors[:20], sep="\n")
    if asked.report:
        asked.report.write_text(soaked.told(), encoding="utf-8")
    held = not soaked.seen.errors and soaked.growth < MOST_GROWTH
    return 0 if held and soaked.seen.percentile(0.99) < MOST_P99_MS else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
