"""``python -m tests.contract --cases 5000``: thousands of questions, each answer held to it.

First the systematic questions of the suite, then others by chance, each round by a seed of its own,
until there were as many as asked for. Exit status 1 if any answer was not as described.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from tests.contract.harness import API, OGC, Outcome, run, token_of
from tests.served import DATABASE, loaded_database, make_app

_EXAMPLES = 20
"""How many questions by chance a round has for each call."""


def main() -> int:
    """Run, and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract", description=__doc__)
    parser.add_argument("--cases", type=int, default=5_000, help="how many questions at least")
    parser.add_argument("--seed", type=int, default=1, help="where the chance begins")
    asked = parser.parse_args()
    logging.disable(logging.ERROR)  # what was refused is counted below
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(loaded_database(Path(folder) / DATABASE), Path(folder) / "cache")
        whole = _asked(app, asked.cases, asked.seed)
    _tell(whole)
    return 1 if whole.failures else 0


def _asked(app: Flask, cases: int, seed: int) -> Outcome:
    whole = Outcome()
    began = time.monotonic()
    for outcome in _rounds(app, token_of(app), seed):
        whole.add(outcome)
        seconds = time.monotonic() - began
        print(f"{whole.cases:,} questions, {len(whole.failures)} failures, {seconds:.0f} s")
        for failure in outcome.failures:
            print(f"  {failure}")
        sys.stdout.flush()
        if whole.cases >= cases:
            break
    return whole


def _rounds(app: Flask, token: str, seed: int) -> Iterator[Outcome]:
    yield run(app, API, token, examples=_EXAMPLES)
    yield run(app, OGC, None, examples=_EXAMPLES)
    by_chance = ("fuzzing", "stateful")
    while True:
        yield run(app, API, token, examples=_EXAMPLES, phases=by_chance, seed=seed)
        yield run(app, OGC, None, examples=_EXAMPLES, phases=by_chance, seed=seed)
        seed += 1


def _tell(whole: Outcome) -> None:
    for call, statuses in sorted(whole.statuses.items()):
        counted = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        print(f"{call}  {counted}")
    for check, count in sorted(whole.checks.items()):
        print(f"{check}: {count:,}")
    for failure, count in Counter(whole.failures).most_common(50):
        print(f"\n{count} × {failure}")
    print(f"\n{whole.cases:,} questions, {len(whole.failures)} failures")


if __name__ == "__main__":
    sys.exit(main())
