"""A short soak: nothing fails, and memory does not run away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.e2e.process import environment, serving
from tests.e2e.submitters import curators_token, half_applied, stored_in
from tests.served import copied_database, shared_folder
from tests.soak.running import WORKERS, soak

SECONDS = float(os.environ.get("REGMAP_SOAK_SECONDS", "20"))

MOST_GROWTH = 0.8
"""Loose: in so short a time caches still fill. ``python -m tests.soak`` holds it to 5 %."""


def test_mixed_load_fails_nowhere_and_does_not_grow(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    database = copied_database(tmp_path_factory, tmp_path)
    cache = shared_folder(tmp_path_factory) / "cache"
    token = curators_token(database)
    settings = environment(database, cache, REGMAP_WORKERS=str(WORKERS), REGMAP_ACCESS_LOG="off")
    with serving(settings) as server:
        soaked = soak(server.address, server.process.pid, token, SECONDS)
    print(soaked.told())

    assert soaked.seen.errors == []
    assert {"status", "pages", "submissions", "impacts", "decisions"} == soaked.seen.took.keys()
    assert soaked.growth < MOST_GROWTH
    states = {one.state for one in stored_in(database).values()}
    assert states >= {"accepted", "rejected"}
    assert list(half_applied(database)) == []
