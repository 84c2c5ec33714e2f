"""The versions of a data set: how they are named, listed, found and compared."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from regmap.domain.errors import InvalidValue, UnknownJurisdiction, UnknownVersion
from regmap.domain.jurisdictions import JurisdictionTree
from regmap.domain.records import Record
from regmap.domain.vocabulary import ChangeType
from regmap.schemas.jurisdiction import jurisdiction_to_document
from regmap.schemas.record import record_to_document
from regmap.services.versions import Kind, Version, Versions
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit, Revision
from tests.builders import a_jurisdiction, a_period, a_record

MAY, JUNE, JULY = (datetime(2025, month, 1, tzinfo=UTC) for month in (5, 6, 7))
LAW, CORRECTED = ChangeType.LAW_CHANGED, ChangeType.RECORD_CORRECTED

FREE = a_record("US-TN", "unregulated", evidence_as_of="2025-01-01")
NEWS = a_record(
    "US-TN",
    a_period("unregulated", end="2025-08"),
    a_period("prohibited", "2025-08"),
    evidence_as_of="2025-05-20",
)
ANEW = a_record("US-TN", "prohibited", evidence_as_of="2025-05-20")
TOWN = a_record("US-TN-knoxville", "regulated")


def of_record(record: Record, reason: str = "Read again.", correction: str | None = None) -> Edit:
    return Edit(record.key, record_to_document(record), "ana", reason, None, correction)


def of_place(id: str, name: str | None = None) -> Edit:
    document = jurisdiction_to_document(a_jurisdiction(id, name=name))
    return Edit((id, None), document, "ana", "Read again.")


def removal(id: str, substance: str | None) -> Edit:
    return Edit((id, substance), None, "ana", "Not ours.", "2")


def put(database: Database, moment: datetime, *edits: Edit) -> None:
    with database.writing() as connection:
        revisions.append(connection, edits, moment)


@pytest.fixture
def versions(database: Database) -> Versions:
    """Three versions: a release, news of the law, and a correction of it."""
    put(database, MAY, of_place("US-TN"), of_record(FREE, "Release 1"))
    put(database, JUNE, of_record(NEWS, "An act was signed.", "c-1"))
    put(database, JULY, of_record(ANEW, "It was law already.", "c-2"))
    return Versions(database)


def newest_first(versions: Versions) -> list[Version]:
    return versions.listed()[0]


def test_what_was_recorded_in_one_step_is_one_version(versions: Versions) -> None:
    found, total = versions.listed()

    assert total == 3
    assert [(one.revision, one.size, one.recorded_at) for one in found] == [
        (4, 1, JULY),
        (3, 1, JUNE),
        (2, 2, MAY),
    ]
    assert [one.reason for one in found] == [
        "It was law already.",
        "An act was signed.",
        "Release 1",
    ]
    assert found[0].correction == "c-2"
    assert versions.newest() == found[0]


def test_a_list_is_given_in_parts(versions: Versions) -> None:
    everything = newest_first(versions)

    assert versions.listed(offset=1, limit=1) == ([everything[1]], 3)
    assert versions.listed(offset=3) == ([], 3)


def test_an_empty_data_set_has_no_version(database: Database) -> None:
    assert Versions(database).listed() == ([], 0)
    assert Versions(database).newest() is None
    assert Versions(database).retold(0) == []


def test_the_version_before_is_the_one_that_was_current_until_then(versions: Versions) -> None:
    newest, middle, oldest = newest_first(versions)

    assert [versions.before(one) for one in (newest, middle, oldest)] == [
        versions.find("3"),
        versions.find("2"),
        None,
    ]


def test_a_version_is_found_by_its_name_as_answers_give_it(versions: Versions) -> None:
    name = newest_first(versions)[0].data_version

    for asked in (name, "4", name[:6], f" {name} ", f"{name}+abcd1234", f"{name} abcd1234"):
        assert versions.find(asked).revision == 4, asked
        assert versions.find(asked).data_version == name


@pytest.mark.parametrize("name", ["", "x", "4-", "-4", "4-XYZ", "4;DROP", "four", "4-ab+", "²"])
def test_what_is_no_name_of_a_version_is_named(versions: Versions, name: str) -> None:
    with pytest.raises(InvalidValue, match="from: Not a data version"):
        versions.find(name, "from")


@pytest.mark.parametrize("name", ["5", "0", "4-000000000000", "999999999999"])
def test_a_version_that_there_is_not_is_told(versions: Versions, name: str) -> None:
    with pytest.raises(UnknownVersion) as told:
        versions.find(name, "to")

    assert told.value.field == "to"


def test_two_versions_say_differently_what_was_edited_between_them(versions: Versions) -> None:
    newest, middle, oldest = newest_first(versions)

    [news] = versions.between(oldest, middle)
    [anew] = versions.between(middle, newest)
    [both] = versions.between(oldest, newest)

    assert (news.jurisdiction, news.substance, news.type) == ("US-TN", "kratom", LAW)
    assert (anew.type, both.type) == (CORRECTED, CORRECTED)
    assert "/evidence_as_of" in [one.path for one in news.changes]
    assert [one.type for one in both.differences] == [CORRECTED]
    assert versions.between(newest, newest) == []


def test_the_older_version_comes_first(versions: Versions) -> None:
    newest, _, oldest = newest_first(versions)

    with pytest.raises(InvalidValue, match="to: Is older"):
        versions.between(newest, oldest)


def test_what_was_set_back_between_two_versions_is_no_difference(
    database: Database, versions: Versions
) -> None:
    put(database, JULY, of_record(NEWS, "It was right before."))

    [last] = [one for one in newest_first(versions) if one.revision == 5]

    assert versions.between(versions.find("3"), last) == []


def test_a_record_that_came_and_went_between_two_versions_is_no_difference(
    database: Database, versions: Versions
) -> None:
    put(database, JULY, of_place(TOWN.jurisdiction), of_record(TOWN))
    put(database, JULY, removal(TOWN.jurisdiction, "kratom"), removal(TOWN.jurisdiction, None))

    assert versions.between(versions.find("4"), versions.find("8")) == []


def test_a_jurisdiction_is_compared_apart_from_its_records(
    database: Database, versions: Versions
) -> None:
    put(database, JULY, of_place("US-TN", "Tennessee"))

    [renamed] = versions.between(versions.find("4"), versions.find("5"))

    assert (renamed.substance, renamed.type, renamed.differences) == (None, CORRECTED, ())
    assert [(one.path, one.before, one.after) for one in renamed.changes] == [
        ("/name", "The US-TN", "Tennessee")
    ]


def test_what_the_older_version_said_nothing_of_tells_all_its_law(
    database: Database, versions: Versions
) -> None:
    put(database, JULY, of_place(TOWN.jurisdiction), of_record(TOWN))

    place, record = versions.between(versions.find("4"), versions.find("6"))

    assert [one.kind for one in (place, record)] == [Kind.FIRST, Kind.FIRST]
    assert (place.differences, record.type) == ((), CORRECTED)
    [all_of_it] = record.differences
    assert (all_of_it.start, all_of_it.end, all_of_it.before) == (None, None, None)
    assert all_of_it.after == TOWN.periods[0]


def test_what_was_removed_tells_what_it_said_and_is_new_where_it_comes_back(
    database: Database, versions: Versions
) -> None:
    put(database, JULY, removal("US-TN", "kratom"))
    put(database, JULY, of_record(ANEW))

    [gone] = versions.between(versions.find("4"), versions.find("5"))
    [back] = versions.between(versions.find("5"), versions.find("6"))

    assert (gone.kind, gone.is_removal) == (Kind.RECORD_CORRECTED, True)
    assert [(one.before, one.after) for one in gone.differences] == [(ANEW.periods[0], None)]
    assert (back.kind, back.is_removal) == (Kind.FIRST, False)
    assert [(one.before, one.after) for one in back.differences] == [(None, ANEW.periods[0])]


def test_what_was_there_before_is_of_the_kind_of_its_type(versions: Versions) -> None:
    newest, middle, oldest = newest_first(versions)

    kinds = [
        one.kind
        for older, newer in ((oldest, middle), (middle, newest))
        for one in versions.between(older, newer)
    ]

    assert kinds == [Kind.LAW_CHANGED, Kind.RECORD_CORRECTED]


def test_two_versions_are_compared_once(
    versions: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest, _, oldest = newest_first(versions)
    found = versions.between(oldest, newest)
    monkeypatch.setattr(revisions, "heads", None)  # the log cannot be read any more

    assert versions.between(oldest, newest) == found


def test_reading_that_breaks_off_leaves_nothing_behind(
    database: Database, versions: Versions, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(database, JULY, of_record(FREE))
    read = revisions.previous_of

    def failing(connection: Connection, revision: Revision) -> Revision | None:
        if revision.revision == 4:
            raise OSError("the disk is gone")
        return read(connection, revision)

    with monkeypatch.context() as broken:
        broken.setattr(revisions, "previous_of", failing)
        with pytest.raises(OSError, match="the disk is gone"):
            versions.retold(5)

    assert [one.revision.revision for one in versions.retold(5)] == [3, 4, 5]


def test_what_was_told_anew_is_given_up_to_a_revision(
    database: Database, versions: Versions
) -> None:
    told = [(one.revision.revision, one.difference.type) for one in versions.retold(4)]

    assert told == [(3, LAW), (4, CORRECTED)]
    assert [one.revision.revision for one in versions.retold(3)] == [3]
    put(database, JULY, of_record(FREE))
    assert [one.revision.revision for one in versions.retold(5)] == [3, 4, 5]
    assert len(versions.retold(4)) == 2


def test_a_revision_changes_the_law_only_if_it_tells_nothing_anew(
    database: Database, versions: Versions
) -> None:
    put(database, JULY, of_record(FREE))  # tells all of time anew

    assert versions.law_changing(5) == {3}
    assert versions.law_changing(2) == frozenset()


def test_a_jurisdiction_that_was_removed_is_still_known_by_its_last_name(
    database: Database, versions: Versions
) -> None:
    put(database, JULY, of_place("US-TN-knoxville", "Knoxville"))
    put(database, JULY, removal("US-TN-knoxville", None))
    tree = JurisdictionTree([a_jurisdiction("US")])

    assert versions.jurisdiction(tree, "US", 6).name == "The US"
    assert versions.jurisdiction(tree, "US-TN-knoxville", 6).name == "Knoxville"
    with pytest.raises(UnknownJurisdiction):
        versions.jurisdiction(tree, "US-TN-knoxville", 4)
