"""A history after the first load: news of the law, a correction, and edits that tell no law."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from regmap.schemas.record import record_to_document
from regmap.store.revisions import Edit
from tests.builders import a_period, a_record
from tests.served import DATA, record_edits
from tests.services.releases import correcting

EDITED = {"name": "State of Vermont", "since": "2026-04-01", "ban": "2027-02-01"}
"""The new name of US-VT; since when US-RI's age is told anew; from when US-UT bans."""


def edit_history(database: Path, *, removed: bool = False) -> None:
    """Record it, each step at a moment of its own.

    :param removed: whether a town is removed in the last step.
    """
    [rhode_island] = correcting(DATA / "records/US/US-RI.yaml", "kratom")
    [utah] = correcting(DATA / "records/US/US-UT.yaml", "kratom")
    assert rhode_island.document is not None
    assert utah.document is not None
    periods = [dict(one) for one in rhode_island.document["periods"]]
    assert (periods[-1]["from"], periods[-1]["min_age"]) == (EDITED["since"], 21)
    periods[-1]["min_age"] = 18
    [*before, last] = [dict(one) for one in utah.document["periods"]]
    banned = {**last, "from": EDITED["ban"], "to": None, "status": "prohibited", "min_age": None}
    banned |= {"possession": "prohibited", "sale": "prohibited", "rules": {}}
    coming = [*before, {**last, "to": EDITED["ban"]}, banned]
    vermont = {"jurisdiction": "US-VT", "level": "state", "parent": "US", "geo": None}
    note = {**_document("TH.yaml"), "note": "Checked again."}
    steps = [
        [_edit(rhode_island, {"periods": periods}, "The act says 18.", "c-1")],
        [_edit(utah, {"periods": coming}, "An act was signed.", "c-2")],
        [
            Edit(("TH", "kratom"), note, "release", "Second release", "2"),
            Edit(("US-VT", None), {**vermont, "name": EDITED["name"]}, "release", "Second release"),
        ],
    ]
    if removed:
        town = "US-MS-columbus"
        steps.append(
            [Edit((town, code), None, "ana", "No such town.") for code in ("kratom", None)]
        )
    now = datetime.now(UTC)
    for place, step in enumerate(steps):
        record_edits(database, step, now + timedelta(milliseconds=place))


def record_town(database: Path) -> None:
    """Record a town that was not there, and its law: prohibited since 2020, free before."""
    law = a_record(
        "US-MS-newtown",
        a_period("unregulated", end="2020"),
        a_period("prohibited", "2020"),
    )
    town = {
        "jurisdiction": "US-MS-newtown",
        "name": "Newtown",
        "level": "place",
        "parent": "US-MS",
        "geo": {
            "lat": 33.5,
            "lon": -88.4,
            "bbox": [-88.5, 33.4, -88.3, 33.6],
            "land_km2": 12.5,
            "geoid": "2851234",
        },
    }
    edits = [
        Edit(("US-MS-newtown", None), town, "ana", "A town was found."),
        Edit(law.key, record_to_document(law), "ana", "Its ordinance was read."),
    ]
    record_edits(database, edits, datetime.now(UTC) + timedelta(seconds=1))


def _edit(edit: Edit, values: dict[str, object], reason: str, correction: str) -> Edit:
    assert edit.document is not None
    return Edit(edit.subject, {**edit.document, **values}, "ana", reason, None, correction)


def _document(file: str) -> dict[str, object]:
    [edit] = correcting(DATA / "records" / file, "kratom")
    assert edit.document is not None
    return dict(edit.document)
