"""A history after the first load: news of the law, a correction, and edits that tell no law."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from regmap.store.revisions import Edit
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


def _edit(edit: Edit, values: dict[str, object], reason: str, correction: str) -> Edit:
    assert edit.document is not None
    return Edit(edit.subject, {**edit.document, **values}, "ana", reason, None, correction)


def _document(file: str) -> dict[str, object]:
    [edit] = correcting(DATA / "records" / file, "kratom")
    assert edit.document is not None
    return dict(edit.document)
