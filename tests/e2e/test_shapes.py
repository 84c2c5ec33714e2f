"""The shapes of the map are compressed before the first worker starts."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from regmap.geo.atlas import Atlas
from tests.e2e.process import environment, serving
from tests.served import DATA, shared_app, shared_database, shared_folder


@pytest.fixture
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that the run keeps, but no shapes."""
    shared_app(tmp_path_factory)  # fills it
    mine = tmp_path_factory.mktemp("cache")
    for file in (shared_folder(tmp_path_factory) / "cache").iterdir():
        if file.is_file() and not file.name.startswith("shapes-"):
            os.link(file, mine / file.name)
    return mine


def test_a_worker_finds_every_form_ready(
    tmp_path_factory: pytest.TempPathFactory, cache: Path, atlas: Atlas
) -> None:
    settings = environment(
        shared_database(tmp_path_factory),
        cache,
        REGMAP_DATA_DIR=str(DATA),
        REGMAP_BOUNDARIES_DIR=str(cache / "nothing-imported"),
    )
    with serving(settings) as server:
        kept = {file.name: file.read_bytes() for file in cache.glob("shapes-*")}
        assert len(kept) == 2 * len([*atlas.layers, "limits"])
        for name, packed in kept.items():
            sheet, coding = name.removeprefix("shapes-").split(".")
            asked = Request(
                f"{server.address}/shapes/{sheet}.json", headers={"Accept-Encoding": coding}
            )
            with urlopen(asked) as answer:
                assert answer.headers["Content-Encoding"] == coding
                assert answer.read() == packed
