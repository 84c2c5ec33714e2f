"""Corrections handed in and decided, for the tests of the pages that show them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import Flask

from regmap.domain.corrections import Correction, Decision
from regmap.domain.curators import Curator, Role
from regmap.http.context import desk_of, source_of
from regmap.schemas.corrections import proposal_to_document
from regmap.services.corrections import Submitted
from regmap.services.curation import Ruling

ADA = Curator("ada", Role.ADMIN)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SOURCE = {"url": "https://law.example.org/act", "title": "The act"}


def submitted(app: Flask, jurisdiction: str = "US-VA", **given: Any) -> Submitted:
    """A correction that somebody handed in: a message alone, unless more is given."""
    document = {
        "jurisdiction": jurisdiction,
        "substance": "kratom",
        "message": "The age is 18 since July.",
        "sources": [SOURCE],
        **given,
    }
    snapshot = source_of(app).refreshed().snapshot
    return desk_of(app).corrections.submit(snapshot, document, now=NOW, today=TODAY)


def proposal(app: Flask, jurisdiction: str = "US-VA", **values: Any) -> dict[str, Any]:
    """The period in force with some values changed."""
    period = source_of(app).refreshed().snapshot.own_period(jurisdiction, "kratom", TODAY)
    assert period is not None
    return {**proposal_to_document(period), **values}


def decided(
    app: Flask,
    id: str,
    decision: Decision,
    note: str = "As the source says.",
    *,
    spam: bool = False,
) -> Correction:
    """The correction after a curator decided."""
    curation = desk_of(app).curation
    read = curation.preview(id, TODAY).basis.etag
    ruling = Ruling(decision, note, spam=spam)
    return curation.decide(id, ruling, by=ADA, read=read, now=NOW, today=TODAY)


def undone(app: Flask, id: str, note: str = "It was a draft.") -> Correction:
    """The accepted correction after it was taken back."""
    curation = desk_of(app).curation
    read = curation.preview(id, TODAY).basis.etag
    return curation.undo(id, note, by=ADA, read=read, now=NOW)


def public(one: Submitted) -> str:
    """The address of a correction for everybody."""
    return f"/corrections/{one.correction.id}"


def secret(one: Submitted) -> str:
    """The address of a correction for its submitter."""
    return f"{public(one)}?secret={one.secret}"
