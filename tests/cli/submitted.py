"""What the tests of reviewing share: a desk on the commands' database, and what was handed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from regmap.domain.corrections import Correction
from regmap.domain.curators import Role
from regmap.services.bundle import open_services
from regmap.services.corrections import Corrections
from regmap.services.curators import Curators
from regmap.services.desk import Desk, open_desk
from regmap.services.snapshot import Snapshot
from regmap.store.database import Database
from tests.served import DATA, KEY, url_of

PASSWORD = "correct horse battery"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
BAN = {
    "from": "2026-07-01",
    "status": "prohibited",
    "possession": "prohibited",
    "sale": "prohibited",
}


@contextmanager
def office(file: Path, settings: dict[str, str]) -> Iterator[tuple[Desk, Snapshot]]:
    """The desk of a database file, as a server would have it, and the present snapshot."""
    database = Database(url_of(file))
    cache = Path(settings["REGMAP_CACHE_DIR"])
    source = open_services(database, DATA, cache, lambda: datetime.now(UTC).date())
    yield open_desk(database, source, (KEY,)), source.current().snapshot
    database.close()


def submit(file: Path, settings: dict[str, str], **values: Any) -> str:
    """Hand a correction in and give its id; by default it bans kratom in Virginia."""
    document = {
        "jurisdiction": "US-VA",
        "substance": "kratom",
        "message": "The act was amended in spring.",
        "proposed": BAN,
        "sources": [{"url": "https://example.org/act", "title": "The act"}],
        "submitter": {"name": "Bo Smith", "email": "bo@example.org"},
        **values,
    }
    with office(file, settings) as (desk, snapshot):
        made = desk.corrections.submit(snapshot, document, now=NOW, today=NOW.date())
    return made.correction.id


def add_curator(
    file: Path, name: str = "ana", role: Role = Role.REVIEWER, email: str | None = None
) -> str:
    """Add a curator with the password of the tests, and give a token of theirs."""
    database = Database(url_of(file))
    known = Curators(database, KEY)
    known.add(name, role, PASSWORD, datetime.now(UTC), email)
    token = known.make_token(name, "tests", datetime.now(UTC))
    database.close()
    return token


def correction_in(file: Path, id: str) -> Correction:
    """A correction as the store has it, with everything."""
    database = Database(url_of(file))
    found = Corrections(database, (KEY,)).one(id)
    database.close()
    return found
