"""What tests of releases share: a data set that is corrected, and releases of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from regmap.services.bundle import Services, open_services
from regmap.services.exports.columns import Table
from regmap.services.exports.files import Form
from regmap.services.publishing import contents, panel
from regmap.services.publishing.publish import Asked, Released, publish
from regmap.services.source import SnapshotSource
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit
from tests.served import DATA, url_of

DAY = date(2026, 11, 23)
"""The day on which the tests release."""


class Publisher:
    """A data set in a file, and the folder that its releases go to."""

    def __init__(self, database: Path, cache_dir: Path, to: Path) -> None:
        self.to = to
        self.cache_dir = cache_dir
        self.database = Database(url_of(database))
        self._source: SnapshotSource[Services] = open_services(
            self.database, DATA, cache_dir, lambda: DAY
        )

    @property
    def services(self) -> Services:
        return self._source.refreshed()

    def release(self, **asked: Any) -> Released:
        """Release the data set as it stands."""
        asked = {"to": self.to, "today": DAY, **asked}
        return publish(Asked(**asked), self.services, self.database)

    def released_to(self) -> int:
        """Release the data set; the number of its last revision."""
        return self.release().package.revision

    def record(self, *edits: Edit, at: datetime | None = None) -> None:
        """Write edits, as an accepted correction or a release does."""
        with self.database.writing() as connection:
            revisions.append(connection, edits, at or datetime.now(UTC))

    def present(self, jurisdiction: str, substance: str | None = "kratom") -> dict[str, Any]:
        """The document of a subject as it stands; a copy."""
        with self.database.reading() as connection:
            told = revisions.of_subject(connection, (jurisdiction, substance), 1 << 40)
        copy: dict[str, Any] = json.loads(json.dumps(told[-1].document))
        return copy

    def correct(
        self,
        jurisdiction: str,
        *,
        last_period: Mapping[str, Any] | None = None,
        correction: str | None = "c-1",
        reason: str = "It was wrong.",
        **fields: Any,
    ) -> None:
        """Change some fields of a kratom record, or of its last period."""
        document = {**self.present(jurisdiction), **fields}
        document["periods"][-1:] = [
            {**period, **(last_period or {})} for period in document["periods"][-1:]
        ]
        self.record(Edit((jurisdiction, "kratom"), document, "ana", reason, correction=correction))


def read_table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def make_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases of few files and months: for tests of what is done with them."""
    forms = dict.fromkeys(Table, (Form.CSV,)) | {Table.RECORDS: (Form.CSV, Form.JSONL)}
    monkeypatch.setattr(contents, "_TABLES", forms)
    monkeypatch.setattr(panel, "FIRST_MONTH", date(2026, 10, 1))
