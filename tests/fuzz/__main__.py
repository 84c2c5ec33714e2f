"""``python -m tests.fuzz --minutes 10 [NAME ...]``: the fuzzers for long."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.targets import TARGETS
from tests.fuzz.watching import prepare, watched


def main() -> int:
    """Run them; 1 if anything was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(TARGETS))
    parser.add_argument("--minutes", type=float, default=10.0, help="for each fuzzer (10)")
    parser.add_argument("--jobs", type=int, default=1, help="how many fuzzers run at once (1)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the present second")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(TARGETS)
    if unknown:
        parser.error(f"there is no fuzzer {', '.join(sorted(unknown))}")
    print(f"seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="regmap-fuzz-") as name:
        folder = Path(name)
        prepare(folder)
        with ThreadPoolExecutor(asked.jobs) as pool:
            found = list(
                pool.map(
                    lambda one: watched(one, folder, asked.minutes * 60, asked.seed),
                    asked.names or TARGETS,
                )
            )
    return int(any(found))


if __name__ == "__main__":
    sys.exit(main())
