"""The researcher's panel comes out the same after the records were corrected."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from regmap.store.database import Database
from regmap.store.revisions import Edit
from tests.docs.blocks import DOCS
from tests.docs.conftest import NewSite, Site
from tests.served import record_edits, url_of

SCRIPT = DOCS / "examples" / "panel.py"
CORRECTED, MONTH = "US-AL", "2016-01-01"
SWAP_SECONDS = 30


def newest(site: Site) -> str:
    """The name of the newest data version."""
    with urlopen(f"{site.server.address}/api/v1/versions", timeout=30) as answer:
        version: str = json.load(answer)["items"][0]["data_version"]
    return version


def panel(site: Site, version: str, target: Path) -> bytes:
    """What the script of the tutorial makes of a version."""
    done = subprocess.run(
        [sys.executable, SCRIPT, site.server.address, version, target],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return target.read_bytes()


def corrected_record(database: Path) -> dict[str, Any]:
    """The record of Alabama, with the ban a year before what was thought."""
    opened = Database(url_of(database))
    with opened.reading() as connection:
        found = connection.exec_driver_sql(
            "SELECT document FROM revisions WHERE jurisdiction = ? AND substance = ?"
            " ORDER BY revision DESC LIMIT 1",
            (CORRECTED, "kratom"),
        ).scalar_one()
    opened.close()
    text = found if isinstance(found, str) else json.dumps(found)
    assert "2016-05-10" in text
    record: dict[str, Any] = json.loads(text.replace("2016-05-10", "2015-05-10"))
    return record


def correct(site: Site, before: str) -> str:
    """Record a correction, and wait until the server has it; the new version."""
    edit = Edit(
        (CORRECTED, "kratom"),
        corrected_record(site.database),
        "ada",
        "The ban began a year before.",
    )
    record_edits(site.database, [edit])
    until = time.monotonic() + SWAP_SECONDS
    while (version := newest(site)) == before:
        assert time.monotonic() < until, "the server did not take the correction over"
        time.sleep(0.1)
    return version


def test_a_panel_of_a_version_stays_the_same_when_a_record_is_corrected(
    new_site: NewSite, tmp_path: Path
) -> None:
    with new_site() as site:
        version = newest(site)
        first = panel(site, version, tmp_path / "first.csv")
        later = correct(site, version)
        again = panel(site, version, tmp_path / "again.csv")
        corrected = panel(site, later, tmp_path / "corrected.csv")
    assert again == first
    was, is_now = f"{CORRECTED},{MONTH},unregulated", f"{CORRECTED},{MONTH},prohibited"
    assert was in first.decode()
    assert is_now in corrected.decode()
    assert was not in corrected.decode()
