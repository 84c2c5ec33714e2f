"""The edit log: what is appended, and what is read of it."""

from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import DataProblem
from regmap.store.database import Database
from regmap.store.revisions import (
    FIRST_HASH,
    append,
    broken_link,
    canonical,
    heads,
    latest,
    log,
    of_subject,
    previous_of,
    timestamp,
)
from regmap.store.tables import revisions as table
from tests.store.edits import EXTRACT, HOUR, NOON, PLANT, STATE, a_log, an_edit


@pytest.fixture
def logged(database: Database) -> Database:
    """A database with the log of ``a_log``."""
    with database.writing() as connection:
        a_log(connection)
    return database


def test_a_new_log_is_empty(database: Database) -> None:
    with database.reading() as connection:
        assert latest(connection) == (0, FIRST_HASH)
        assert list(heads(connection, 0)) == []
        assert of_subject(connection, PLANT, 0) == []
        assert log(connection) == ([], 0)
        assert broken_link(connection) is None


def test_revisions_are_numbered_from_one_and_each_follows_the_last(database: Database) -> None:
    with database.writing() as connection:
        assert append(connection, [an_edit(), an_edit(EXTRACT)], NOON) == [1, 2]
        assert append(connection, [], NOON) == []
        assert append(connection, [an_edit(STATE)], NOON) == [3]
        (first, second, third), total = log(connection)

    assert total == 3
    assert first.previous_hash == FIRST_HASH
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    assert len({first.hash, second.hash, third.hash}) == 3


def test_a_revision_keeps_all_that_an_edit_says(database: Database) -> None:
    document = {"name": "กระท่อม \U0001f33f", "lat": 1.5, "whole": 2, "flag": True, "none": None}
    edit = an_edit(PLANT, document, "Ana", "A court said so.", release=None, correction="c-1")
    with database.writing() as connection:
        append(connection, [edit], NOON)

    with database.reading() as connection:
        [kept], _ = log(connection)

    assert kept.subject == PLANT
    assert kept.document == document
    assert kept.recorded_at == NOON
    assert (kept.author, kept.reason) == ("Ana", "A court said so.")
    assert (kept.release, kept.correction) == (None, "c-1")


def test_the_heads_are_the_newest_revision_of_each_subject(logged: Database) -> None:
    with logged.reading() as connection:
        all_of_them = {head.subject: head for head in heads(connection, 6)}
        at_first = {head.subject: head.revision for head in heads(connection, 2)}
        moved = {head.subject: head.revision for head in heads(connection, 6, after=2)}

    assert {subject: head.revision for subject, head in all_of_them.items()} == {
        STATE: 1,
        PLANT: 3,
        ("HK", "kratom"): 5,
        EXTRACT: 6,
    }
    assert all_of_them[EXTRACT].document is None
    assert at_first == {STATE: 1, PLANT: 2}
    assert moved == {PLANT: 3, ("HK", "kratom"): 5, EXTRACT: 6}


@pytest.mark.parametrize(
    ("known_at", "revision"),
    [
        (None, 6),
        (NOON - timedelta(microseconds=1), 0),
        (NOON, 2),
        (NOON + HOUR - timedelta(microseconds=1), 2),
        (NOON + HOUR, 5),
        (NOON + 2 * HOUR, 6),
        ((NOON + HOUR).astimezone(timezone(timedelta(hours=-7))), 5),
        (datetime(999, 1, 1, tzinfo=UTC), 0),
        (datetime(9999, 1, 1, tzinfo=UTC), 6),
    ],
)
def test_what_was_known_at_a_moment_ends_with_the_last_revision_up_to_it(
    logged: Database, known_at: datetime | None, revision: int
) -> None:
    with logged.reading() as connection:
        number, sealed = latest(connection, known_at)
        page, _ = log(connection)

    assert number == revision
    assert sealed == (page[revision - 1].hash if revision else FIRST_HASH)


def test_the_revisions_of_a_subject_are_told_oldest_first(logged: Database) -> None:
    with logged.reading() as connection:
        assert [one.revision for one in of_subject(connection, PLANT, 6)] == [2, 3]
        assert [one.revision for one in of_subject(connection, PLANT, 2)] == [2]
        assert [one.revision for one in of_subject(connection, STATE, 6)] == [1]
        assert [one.revision for one in of_subject(connection, EXTRACT, 6)] == [4, 6]
        assert of_subject(connection, ("US", None), 6) == []


def test_the_revision_before_is_that_of_the_same_subject(logged: Database) -> None:
    with logged.reading() as connection:
        page, _ = log(connection)
        before = [previous_of(connection, one) for one in page]

    assert [one.revision if one else None for one in before] == [None, None, 2, None, None, 4]


def test_the_log_is_read_page_by_page(logged: Database) -> None:
    with logged.reading() as connection:
        page, total = log(connection, offset=2, limit=2)
        beyond = log(connection, offset=6)
        after, after_total = log(connection, after=4)

    assert ([one.revision for one in page], total) == ([3, 4], 6)
    assert beyond == ([], 6)
    assert ([one.revision for one in after], after_total) == ([5, 6], 2)


@pytest.mark.parametrize(
    ("since", "first"), [(NOON, 1), (NOON + timedelta(microseconds=1), 3), (NOON + 2 * HOUR, 6)]
)
def test_the_log_since_a_moment_begins_with_that_moment(
    logged: Database, since: datetime, first: int
) -> None:
    with logged.reading() as connection:
        page, total = log(connection, since=since)

    assert [one.revision for one in page] == list(range(first, 7))
    assert total == 7 - first


def test_a_clock_that_was_set_back_does_not_turn_the_log_back(database: Database) -> None:
    with database.writing() as connection:
        append(connection, [an_edit()], NOON)
        append(connection, [an_edit(EXTRACT)], NOON - HOUR)
        append(connection, [an_edit(STATE)], NOON + HOUR)
        page, _ = log(connection)

        assert [one.recorded_at for one in page] == [NOON, NOON, NOON + HOUR]
        assert broken_link(connection) is None


@given(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=2, max_size=5))
def test_moments_sort_as_their_texts(moments: list[datetime]) -> None:
    texts = [timestamp(moment) for moment in moments]

    assert sorted(texts) == [timestamp(moment) for moment in sorted(moments)]
    assert [datetime.fromisoformat(text) for text in texts] == moments
    assert {len(text) for text in texts} == {27}


def test_a_document_has_one_text_whatever_the_order_of_its_keys() -> None:
    assert canonical({"b": 1, "a": [True, None, "é"]}) == '{"a":[true,null,"é"],"b":1}'
    assert canonical({"a": 1}) != canonical({"a": 1.0})


def test_a_document_that_is_no_json_any_more_is_told_with_its_number(logged: Database) -> None:
    with logged.writing() as connection:
        connection.execute(table.update().where(table.c.revision == 3).values(document="{"))

    with logged.reading() as connection, pytest.raises(DataProblem, match="revision 3 is damaged"):
        log(connection)


def test_two_writers_at_once_both_succeed_and_the_chain_holds(database: Database) -> None:
    each, start = 15, Barrier(2)
    numbers: dict[str, list[int]] = {"Ana": [], "Ben": []}

    def write(author: str) -> None:
        start.wait()
        for _ in range(each):
            with database.writing() as connection:
                numbers[author] += append(connection, [an_edit(author=author)], NOON)

    threads = [Thread(target=write, args=(author,)) for author in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers["Ana"] + numbers["Ben"]) == list(range(1, 2 * each + 1))
    assert len(numbers["Ana"]) == len(numbers["Ben"]) == each
    with database.reading() as connection:
        assert broken_link(connection) is None
        page, _ = log(connection)
    authors = {one.revision: one.author for one in page}
    assert all(authors[number] == who for who, own in numbers.items() for number in own)
