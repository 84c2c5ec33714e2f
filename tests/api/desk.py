"""An app on a database of its own, with curators and their tokens: for tests that write."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from regmap.domain.curators import Role
from regmap.http.context import desk
from regmap.services.desk import Desk
from tests.served import copied_database, json_of, make_app, shared_folder

CORRECTIONS = "/api/v1/corrections"
SOURCE = {"url": "https://law.example.gov/code/59-1", "title": "Code, section 59.1"}
MESSAGE: dict[str, Any] = {
    "jurisdiction": "US-VA",
    "substance": "kratom",
    "message": "The minimum age is 25, not 21.",
    "sources": [SOURCE],
}
PERIOD: dict[str, Any] = {
    "from": "2023-07-01",
    "status": "regulated",
    "min_age": 25,
    "possession": "allowed",
    "sale": "restricted",
    "summary": "Adults of 25 and over.",
    "sources": [{**SOURCE, "kind": "statute", "published": "2023"}],
    "confidence": "high",
}
PROPOSAL: dict[str, Any] = {**MESSAGE, "proposed": PERIOD}
CONTACT = {"name": "Sub Mitter", "email": "sub.mitter@example.net"}

# Of every correction, whoever looks.
FIELDS = {
    "id", "state", "jurisdiction", "substance", "submitted_at", "changed_at", "decided_at",
    "revision", "spam", "message", "proposed", "sources", "reason", "decided_by", "submitter",
    "events", "url",
}  # fmt: skip

# The curators: an admin, and two reviewers.
ADMIN, REVIEWER, OTHER = "ana", "rex", "bo"
EMAILS = {ADMIN: "ana@example.org", REVIEWER: "Rex@Example.org", OTHER: None}
_PASSWORD = "not one of the usual ones"
_WRITTEN = (
    "SELECT * FROM revisions ORDER BY revision",
    "SELECT * FROM corrections ORDER BY id",
    "SELECT * FROM correction_events ORDER BY correction, number",
)


class Office:
    """A served installation: its app, its file, and what submitters and curators do there."""

    def __init__(self, factory: pytest.TempPathFactory, folder: Path, **settings: Any) -> None:
        self.file = copied_database(factory, folder)
        self.app = make_app(self.file, shared_folder(factory) / "cache", **settings)
        self.client = self.app.test_client()
        now = datetime.now(UTC)
        self.tokens = {}
        for name, email in EMAILS.items():
            role = Role.ADMIN if name == ADMIN else Role.REVIEWER
            self.desk.curators.add(name, role, _PASSWORD, now, email)
            self.tokens[name] = self.desk.curators.make_token(name, "tests", now)

    @property
    def desk(self) -> Desk:
        """The services behind it."""
        with self.app.app_context():
            return desk()

    def bearer(self, name: str) -> dict[str, str]:
        """The header that says who asks."""
        return {"Authorization": f"Bearer {self.tokens[name]}"}

    def submit(self, body: dict[str, Any] = MESSAGE, **changes: Any) -> dict[str, Any]:
        """Submit a correction and return the answer, the secret in it."""
        response = self.client.post(CORRECTIONS, json={**body, **changes})
        assert response.status_code == 201, response.get_data(as_text=True)
        answer: dict[str, Any] = response.get_json(force=True)
        return answer

    def post(self, body: Any, headers: dict[str, str] | None = None) -> TestResponse:
        """Send a submission as it is."""
        return self.client.post(CORRECTIONS, json=body, headers=headers)

    def shown(self, id: str, **headers: str) -> dict[str, Any]:
        """A correction as one sees it."""
        answer: dict[str, Any] = json_of(self.client.get(f"{CORRECTIONS}/{id}", headers=headers))
        return answer

    def impact(self, id: str, by: str = REVIEWER) -> TestResponse:
        """What accepting it would change."""
        return self.client.get(f"{CORRECTIONS}/{id}/impact", headers=self.bearer(by))

    def impact_record(self, id: str) -> dict[str, Any]:
        """The record that accepting it would write."""
        record: dict[str, Any] = json_of(self.impact(id))["proposed"]
        return record

    def etag(self, id: str) -> str:
        """The ETag that a decision made now has to name, quotes and all."""
        return self.impact(id, ADMIN).headers["ETag"]

    def decide(
        self,
        id: str,
        decision: str,
        by: str = REVIEWER,
        read: str | None = None,
        **more: Any,
    ) -> TestResponse:
        """Decide on a correction.

        :param read: what If-Match says; None: the present ETag.
        """
        headers = {**self.bearer(by), "If-Match": self.etag(id) if read is None else read}
        body = {"decision": decision, "note": "Checked against the code.", **more}
        return self.client.post(f"{CORRECTIONS}/{id}/decision", json=body, headers=headers)

    def undo(self, id: str, by: str = ADMIN, read: str | None = None) -> TestResponse:
        """Take an accepted correction back."""
        headers = {**self.bearer(by), "If-Match": self.etag(id) if read is None else read}
        body = {"note": "That was another section."}
        return self.client.post(f"{CORRECTIONS}/{id}/undo", json=body, headers=headers)

    def written(self) -> list[list[tuple[Any, ...]]]:
        """Everything that stands in the edit log and in the tables of corrections."""
        connection = sqlite3.connect(self.file)
        try:
            return [connection.execute(query).fetchall() for query in _WRITTEN]
        finally:
            connection.close()


def proposed(**changes: Any) -> dict[str, Any]:
    """A submission of a period of Virginia's record with some fields changed."""
    return {**MESSAGE, "proposed": {**PERIOD, **changes}}


def new_rule(jurisdiction: str, **changes: Any) -> dict[str, Any]:
    """A submission that begins a new rule in a jurisdiction a short time ago."""
    return {**proposed(**{"from": "2026-11-02", **changes}), "jurisdiction": jurisdiction}


def texts_in(shown: dict[str, Any]) -> list[Any]:
    """What a correction shows of what people wrote, in it and in its events."""
    said = [shown[name] for name in ("message", "proposed", "reason", "decided_by", "submitter")]
    said += shown["sources"]
    for event in shown["events"]:
        said += [event["text"], event["proposed"], event["by"], *event["sources"]]
    return [one for one in said if one is not None]


def secret_of(answer: dict[str, Any]) -> dict[str, str]:
    """The header that proves who submitted it."""
    return {"X-Correction-Secret": answer["secret"]}
