"""``regmap verify``: every way in which the log and the corrections can disagree is found."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import make_url

from regmap.domain.corrections import Decision, State
from regmap.domain.curators import Curator, Role
from regmap.services.audit import Audit, audit
from regmap.services.bundle import open_services
from regmap.services.curation import Ruling
from regmap.services.desk import Desk, open_desk
from regmap.store.database import Database
from tests.postgres import name_of
from tests.served import DATA, KEY, copied_database, shared_folder, url_of
from tests.stored import fill, rows_of, tamper, url_of_store
from tests.stores import Stores

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ANA = Curator("ana", Role.ADMIN)
SOURCES = [{"url": "https://example.org/act"}]
BAN = {"from": "2026-07-01", "status": "prohibited", "possession": "prohibited"}
PROPOSED = {**BAN, "sale": "prohibited"}

Ids = dict[str, str]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ids]:
    """A store with a correction in every state, and the ids of each."""
    file = copied_database(tmp_path_factory, tmp_path_factory.mktemp("whole"))
    database = Database(url_of(file))
    cache = shared_folder(tmp_path_factory) / "cache"
    source = open_services(database, DATA, cache, lambda: TODAY)
    desk = open_desk(database, source, (KEY,))

    def submit(jurisdiction: str) -> str:
        document: dict[str, Any] = {
            "jurisdiction": jurisdiction,
            "substance": "kratom",
            "proposed": PROPOSED,
            "sources": SOURCES,
            "submitter": {"email": "bo@example.org"},
        }
        snapshot = source.refreshed().snapshot
        return desk.corrections.submit(snapshot, document, now=NOW, today=TODAY).correction.id

    ids = {"pending": submit("US-VA"), "accepted": submit("US-VA"), "undone": submit("US-TX")}
    ids |= {
        "rejected": submit("US-OH"),
        "asked": submit("US-OH"),
        "brought": submit("US-FL-lee-county"),
    }
    _decide(desk, ids["accepted"], Decision.ACCEPT)
    _decide(desk, ids["undone"], Decision.ACCEPT)
    _decide(desk, ids["rejected"], Decision.REJECT)
    _decide(desk, ids["asked"], Decision.NEEDS_INFO)
    _decide(desk, ids["brought"], Decision.ACCEPT)
    for id in (ids["undone"], ids["brought"]):
        desk.curation.undo(id, "It was right.", by=ANA, read=_etag(desk, id), now=NOW)
    desk.corrections.forget(ids["rejected"], by="operator:root", now=NOW)
    database.scrub()
    database.close()
    return file, ids


def _etag(desk: Desk, id: str) -> str:
    return desk.curation.preview(id, TODAY).basis.etag


def _decide(desk: Desk, id: str, decision: Decision) -> None:
    ruling = Ruling(decision, "Read in the act.")
    desk.curation.decide(id, ruling, by=ANA, read=_etag(desk, id), now=NOW, today=TODAY)


@pytest.fixture
def ids(whole: tuple[Path, Ids]) -> Ids:
    return whole[1]


@pytest.fixture(scope="module")
def template(whole: tuple[Path, Ids], stores: Stores) -> str:
    """The URL of that store on each kind of database."""
    url = url_of(whole[0])
    if stores.server is None:
        return url
    origin, copy = Database(url), Database(stores.server.new_url())
    fill(copy, origin)
    for opened in (origin, copy):
        opened.close()
    return url_of_store(copy)


@pytest.fixture
def store(template: str, stores: Stores, tmp_path: Path) -> Iterator[Database]:
    """A copy of that store, to be damaged."""
    if stores.server is None:
        url = url_of(Path(shutil.copy(make_url(template).database or "", tmp_path / "store")))
    else:
        url = stores.server.new_url(name_of(template))
    opened = Database(url)
    yield opened
    opened.close()
    if stores.server is not None:
        stores.server.drop(url)


def damage(store: Database, statement: str, *values: object) -> None:
    """Change the file with no help of regmap's."""
    assert tamper(store, statement, *values) > 0


def revision_of(store: Database, id: str, place: int = 0) -> int:
    """A revision that a correction made of its record."""
    rows = rows_of(
        store,
        f"SELECT revision FROM revisions WHERE correction = '{id}' AND substance IS NOT NULL"
        " ORDER BY revision",
    )
    return int(rows[place][0])


def problems(store: Database) -> str:
    return "\n".join(audit(store).problems)


def test_a_whole_store_has_no_problem(store: Database, ids: Ids) -> None:
    found = audit(store)

    assert found.problems == ()
    assert (found.corrections, len(found.seal)) == (6, 64)
    assert found.last == revision_of(store, ids["brought"], 1) + 1, "its jurisdiction went with it"


def test_an_empty_store_has_no_problem(database: Database) -> None:
    assert audit(database) == Audit(0, "0" * 64, 0, ())


def test_a_revision_whose_correction_is_gone_is_told(store: Database, ids: Ids) -> None:
    damage(store, "DELETE FROM corrections WHERE id = ?", ids["accepted"])

    told = problems(store)

    revision = revision_of(store, ids["accepted"])
    assert f"revision {revision} names correction {ids['accepted']}, which does not exist" in told
    assert f"correction {ids['accepted']} is missing, but has events" in told


@pytest.mark.parametrize("state", ["pending", "rejected", "withdrawn", "no such state"])
def test_a_revision_whose_correction_was_not_accepted_is_told(
    store: Database, ids: Ids, state: str
) -> None:
    id = ids["accepted"]
    damage(store, "UPDATE corrections SET state = ? WHERE id = ?", state, id)

    told = problems(store)

    assert f"names correction {id}, which is {state}" in told
    assert f"correction {id} is {state}, but its events make it accepted" in told


def test_a_revision_that_no_event_tells_of_is_told(store: Database, ids: Ids) -> None:
    id = ids["accepted"]
    damage(
        store, "UPDATE correction_events SET revision = 1 WHERE correction = ? AND number = 2", id
    )

    told = problems(store)

    assert f"revision {revision_of(store, id)}: no event of correction {id} tells of it" in told
    assert f"event 2 of correction {id} names revision 1, which does not name that" in told
    assert f"correction {id} names revision {revision_of(store, id)}, but no event" in told


def test_the_revision_of_a_jurisdiction_that_came_with_a_record_needs_its_event_too(
    store: Database, ids: Ids
) -> None:
    id = ids["brought"]
    damage(store, "DELETE FROM correction_events WHERE correction = ?", id)

    told = problems(store)

    for revision in (revision_of(store, id) - 1, revision_of(store, id)):
        assert f"revision {revision}: no event of correction {id} tells of it" in told
    assert f"correction {id}: its events are not numbered 1 to 0: none" not in told
    assert f"correction {id} is undone, but its events make it nothing" in told


def test_a_revision_about_another_record_is_told(store: Database, ids: Ids) -> None:
    damage(store, "UPDATE corrections SET substance = '7-oh' WHERE id = ?", ids["accepted"])

    revision = revision_of(store, ids["accepted"])
    assert f"revision {revision} is not about the record of correction" in problems(store)


def test_an_accepted_correction_without_its_revision_is_told(store: Database, ids: Ids) -> None:
    id = ids["accepted"]
    revision = revision_of(store, id)
    damage(store, "DELETE FROM revisions WHERE revision = ?", revision)

    told = problems(store)

    assert f"the edit log is broken: revision {revision} is missing" in told
    assert f"event 2 of correction {id} names revision {revision}, which does not exist" in told


def test_an_accepted_correction_that_names_no_revision_is_told(store: Database, ids: Ids) -> None:
    id = ids["accepted"]
    damage(store, "UPDATE corrections SET revision = NULL WHERE id = ?", id)
    assert f"correction {id} is accepted, but names no revision" in problems(store)

    damage(store, "UPDATE correction_events SET revision = NULL WHERE correction = ?", id)
    assert f"event 2 of correction {id} (accepted) names no revision" in problems(store)


def test_a_pending_correction_that_names_a_revision_is_told(store: Database, ids: Ids) -> None:
    damage(store, "UPDATE corrections SET revision = 5 WHERE id = ?", ids["pending"])

    assert f"correction {ids['pending']} names revision 5, but no event" in problems(store)


def test_an_event_that_does_not_say_what_was_written_is_told(store: Database, ids: Ids) -> None:
    id = ids["accepted"]
    damage(
        store,
        "UPDATE correction_events SET document = ? WHERE correction = ? AND number = 2",
        '{"proposed":{"note":"forged"}}',
        id,
    )

    revision = revision_of(store, id)
    assert f"event 2 of correction {id} does not say what revision {revision}" in problems(store)


@pytest.mark.parametrize("number", [1, 2])
def test_a_gap_in_the_events_is_told(store: Database, ids: Ids, number: int) -> None:
    id = ids["undone"]
    damage(store, "DELETE FROM correction_events WHERE correction = ? AND number = ?", id, number)

    assert f"correction {id}: its events are not numbered 1 to 2: " in problems(store)


def test_an_event_cut_off_at_the_end_is_told(store: Database, ids: Ids) -> None:
    id = ids["rejected"]
    damage(store, "DELETE FROM correction_events WHERE correction = ? AND number = 3", id)

    assert problems(store) == f"correction {id} was changed 3 times, but has 2 events"


def test_a_state_that_the_events_do_not_make_is_told(store: Database, ids: Ids) -> None:
    for name, state in (("pending", State.WITHDRAWN), ("asked", State.PENDING)):
        damage(store, "UPDATE corrections SET state = ? WHERE id = ?", state, ids[name])

    told = problems(store)

    assert f"correction {ids['pending']} is withdrawn, but its events make it pending" in told
    assert f"correction {ids['asked']} is pending, but its events make it needs_info" in told


def test_a_decision_without_a_name_is_told(store: Database, ids: Ids) -> None:
    damage(store, 'UPDATE correction_events SET "by" = NULL WHERE number > 1')

    told = problems(store)

    for name, what in (("rejected", "rejected"), ("asked", "asked"), ("accepted", "accepted")):
        assert f"event 2 of correction {ids[name]} ({what}) does not say by whom" in told
    assert f"event 3 of correction {ids['rejected']} (forgotten) does not say by whom" in told


def test_an_event_of_no_known_kind_is_told(store: Database, ids: Ids) -> None:
    id = ids["asked"]
    damage(store, "UPDATE correction_events SET kind = 'guessed' WHERE correction = ?", id)

    assert f"event 2 of correction {id} is of no known kind: 'guessed'" in problems(store)


@pytest.mark.parametrize(
    ("document", "told"),
    [("{", "cannot be read"), ("{}", "is not valid"), ("[]", "is not valid"), ("7", "is not")],
)
def test_a_document_that_cannot_be_read_is_told_with_its_revision(
    store: Database, document: str, told: str
) -> None:
    damage(store, "UPDATE revisions SET document = ? WHERE revision = 3", document)

    found = problems(store)

    assert "revision 3 was altered after it was recorded" in found
    assert f"revision 3 {told}" in found
