"""Loading releases, and what the data set said at each moment after."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from regmap.domain.diff import Change
from regmap.domain.errors import DataProblem, InvalidValue
from regmap.domain.records import Record
from regmap.release.files import FileProblem, Release
from regmap.services.history import History
from regmap.services.load import LoadReport, load_release
from regmap.services.snapshot import Geography, Snapshot, build_snapshot, data_version
from regmap.services.source import SnapshotSource
from regmap.store import revisions
from regmap.store.database import Database
from tests.builders import SUBSTANCES, a_jurisdiction, a_period, a_record, a_release
from tests.store.edits import an_edit

MAY = datetime(2020, 5, 1, tzinfo=UTC)
JUNE = datetime(2020, 6, 1, tzinfo=UTC)
JULY = datetime(2020, 7, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)

STATE = a_record("US-TN", "unregulated")
TOWN = a_record("US-TN-knoxville", "prohibited")
EXTRACT = a_record("US-TN", "regulated", substance="7-oh")


def load(database: Database, release: Release, now: datetime = MAY, name: str = "1") -> LoadReport:
    reason = f"Release {name}"
    return load_release(database, release, author="the loader", reason=reason, name=name, now=now)


def log_of(database: Database) -> list[revisions.Revision]:
    with database.reading() as connection:
        return revisions.log(connection)[0]


def source_of(database: Database, geography: Geography) -> SnapshotSource[Snapshot]:
    return SnapshotSource(database, SUBSTANCES, geography, lambda snapshot: snapshot)


def test_loading_records_jurisdictions_and_records_in_that_order(database: Database) -> None:
    report = load(database, a_release(STATE, EXTRACT, TOWN))

    assert report == LoadReport(added=3, changed=0, same=0, removed=0, revisions=5)
    assert [one.subject for one in log_of(database)] == [
        ("US-TN", None),
        ("US-TN-knoxville", None),
        ("US-TN", "kratom"),
        ("US-TN", "7-oh"),
        ("US-TN-knoxville", "kratom"),
    ]
    assert {(one.author, one.reason, one.release, one.correction) for one in log_of(database)} == {
        ("the loader", "Release 1", "1", None)
    }
    assert {one.recorded_at for one in log_of(database)} == {MAY}


def test_loading_the_same_release_again_records_nothing(database: Database) -> None:
    load(database, a_release(STATE, TOWN))
    before = log_of(database)

    report = load(database, a_release(TOWN, STATE), JUNE, "2")

    assert report == LoadReport(added=0, changed=0, same=2, removed=0, revisions=0)
    assert log_of(database) == before


def test_what_is_added_changed_same_and_removed_is_counted(database: Database) -> None:
    gone = a_record("US-GA", "regulated")
    load(database, a_release(STATE, TOWN, gone))
    banned = a_record(
        "US-TN", a_period("unregulated", None, "2021"), a_period("prohibited", "2021")
    )

    report = load(database, a_release(banned, TOWN, EXTRACT), JUNE, "2")

    assert report == LoadReport(added=1, changed=1, same=1, removed=1, revisions=4)
    assert {one.subject: one.document is None for one in log_of(database)[-4:]} == {
        ("US-TN", "7-oh"): False,
        ("US-TN", "kratom"): False,
        ("US-GA", None): True,
        ("US-GA", "kratom"): True,
    }


def test_a_date_that_only_became_more_precise_is_a_change(database: Database) -> None:
    load(database, a_release(a_record("US-TN", a_period("regulated", "2019"))))

    report = load(database, a_release(a_record("US-TN", a_period("regulated", "2019-01-01"))))

    assert (report.changed, report.revisions) == (1, 1)


def test_a_new_name_is_a_revision_of_the_jurisdiction_alone(database: Database) -> None:
    load(database, a_release(STATE))
    renamed = a_release(STATE)
    renamed.jurisdictions["US-TN"] = a_jurisdiction("US-TN", name="Tennessee")

    report = load(database, renamed, JUNE)

    assert report == LoadReport(added=0, changed=0, same=1, removed=0, revisions=1)
    assert log_of(database)[-1].subject == ("US-TN", None)


def test_what_was_removed_can_come_back(database: Database) -> None:
    load(database, a_release(STATE, TOWN))
    load(database, a_release(STATE), JUNE, "2")

    report = load(database, a_release(STATE, TOWN), JULY, "3")

    assert report == LoadReport(added=1, changed=0, same=1, removed=0, revisions=2)


def test_a_release_with_problems_is_not_loaded_at_all(database: Database) -> None:
    release = a_release(STATE)
    release.problems.append(FileProblem(Path("US/US-TN.yaml"), 1, "name", "Is blank."))

    with pytest.raises(ValueError, match="a release with problems is not loaded"):
        load(database, release)
    assert log_of(database) == []


def test_the_chain_holds_after_several_loads(database: Database) -> None:
    for records in ((STATE,), (STATE, TOWN), (TOWN,), (EXTRACT, TOWN)):
        load(database, a_release(*records))

    with database.reading() as connection:
        assert revisions.broken_link(connection) is None


def test_known_at_answers_what_was_known_then(database: Database, geography: Geography) -> None:
    banned = a_record("US-TN", "prohibited")
    load(database, a_release(STATE, TOWN), MAY, "1")
    load(database, a_release(banned, EXTRACT), JUNE, "2")
    source = source_of(database, geography)

    def records_at(moment: datetime) -> dict[tuple[str, str], Record]:
        return dict(source.known_at(moment).records)

    assert dict(source.current().records) == {banned.key: banned, EXTRACT.key: EXTRACT}
    assert records_at(MAY - SECOND) == {}
    assert records_at(MAY) == {STATE.key: STATE, TOWN.key: TOWN}
    assert records_at(JUNE - SECOND) == {STATE.key: STATE, TOWN.key: TOWN}
    assert records_at(JUNE) == {banned.key: banned, EXTRACT.key: EXTRACT}


def test_each_past_has_its_version_and_its_jurisdictions(
    database: Database, geography: Geography
) -> None:
    load(database, a_release(STATE, TOWN), MAY, "1")
    first = log_of(database)[-1]
    load(database, a_release(STATE), JUNE, "2")
    source = source_of(database, geography)

    past, present = source.known_at(MAY), source.current()

    assert past.data_version == data_version(first.revision, first.hash) == f"4-{first.hash[:12]}"
    assert "US-TN-knoxville" in past.tree
    assert "US-TN-knoxville" not in present.tree
    assert past.tree.get("US-TN").name == "The US-TN"
    assert source.known_at(JUNE) is present
    assert source.known_at(MAY) is past


def test_the_future_is_not_known(database: Database, geography: Geography) -> None:
    source = source_of(database, geography)

    with pytest.raises(InvalidValue, match=r"known_at: Lies in the future\."):
        source.known_at(datetime(9999, 1, 1, tzinfo=UTC))


def test_the_present_moves_with_the_store_and_the_past_stays(
    database: Database, geography: Geography, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regmap.services.source.CHECK_SECONDS", -1.0)  # ask the store each time
    load(database, a_release(STATE, TOWN), MAY)
    source = source_of(database, geography)
    before = source.current()

    load(database, a_release(a_record("US-TN", "prohibited"), EXTRACT), JUNE)
    after = source.current()

    assert before.record_of("US-TN", "kratom") == STATE
    assert after.record_of("US-TN", "kratom") == a_record("US-TN", "prohibited")
    assert list(after.records_of("US-TN")) == [a_record("US-TN", "prohibited"), EXTRACT]
    assert after.record_of("US-TN-knoxville", "kratom") is None
    assert dict(source.known_at(MAY).records) == dict(before.records)


def test_a_snapshot_brought_up_to_date_is_the_one_that_is_built_anew(
    database: Database, geography: Geography, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regmap.services.source.CHECK_SECONDS", -1.0)
    load(database, a_release(STATE, TOWN), MAY)
    source = source_of(database, geography)
    for records in ((STATE, EXTRACT), (TOWN,), (STATE, TOWN, EXTRACT)):
        load(database, a_release(*records), JUNE)
        moved, anew = source.current(), source_of(database, geography).current()

        assert moved.data_version == anew.data_version
        assert (moved.records, moved.own) == (anew.records, anew.own)
        assert {one.id for one in moved.tree} == {one.id for one in anew.tree}


def test_a_stored_record_that_is_not_valid_is_told_with_its_revision(
    database: Database, geography: Geography
) -> None:
    with database.writing() as connection:
        revisions.append(connection, [an_edit(document={"status": "prohibited"})], MAY)
        heads = {head.subject: head for head in revisions.heads(connection, 1)}
        last = revisions.latest(connection)

    with pytest.raises(DataProblem, match="revision 1 is not valid"):
        build_snapshot(heads, last, SUBSTANCES, geography)


def test_a_stored_jurisdiction_without_its_parent_is_told(
    database: Database, geography: Geography
) -> None:
    load(database, a_release(a_record("XX-AA", "regulated")))

    with pytest.raises(DataProblem, match="XX-AA names a parent that does not exist: XX"):
        source_of(database, geography)


def test_the_history_of_a_record_tells_each_edit_field_by_field(database: Database) -> None:
    load(database, a_release(STATE, TOWN), MAY, "1")
    load(database, a_release(a_record("US-TN", "unregulated", note="Checked.")), JUNE, "2")
    history = History(database)

    first, second = history.of_record("US-TN", "kratom", up_to=99)
    page, total = history.log(after=4)

    assert [change.path for change in first.changes] == [""]
    assert second.changes == (Change("/note", None, "Checked."),)
    assert second.revision.reason == "Release 2"
    assert history.of_record("US-TN", "kratom", up_to=4) == [first]
    assert history.of_record("US-GA", "kratom", up_to=99) == []
    assert (page[0], total) == (second, 3)
    assert [change.after for edit in page[1:] for change in edit.changes] == [None, None]
