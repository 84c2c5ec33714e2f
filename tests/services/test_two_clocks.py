"""The two clocks, for any history: what is told of a moment is what was told at that moment.

Each read of a data set with a long history, asked as of a moment, is compared with the same read
of another one that was only ever given the edits up to then; and each read of a server that has
kept up with its store since the first edit, with that of one that has only just opened it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regmap.domain.locations import Point, Within
from regmap.domain.records import Record
from regmap.schemas.jurisdiction import jurisdiction_to_document
from regmap.schemas.record import record_to_document
from regmap.services import bundle
from regmap.services.browse import Filters
from regmap.services.bundle import Services, open_services
from regmap.services.exports.columns import Table
from regmap.services.exports.rows import rows
from regmap.services.snapshot import Geography
from regmap.services.source import SnapshotSource
from regmap.services.versions import Versions
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit, Subject
from tests.builders import a_jurisdiction, a_period, a_record
from tests.conftest import DATA
from tests.stores import Stores

TODAY = date(2026, 11, 23)
START = datetime(2021, 1, 1, tzinfo=UTC)
BIRMINGHAM = Point(lat=33.52, lon=-86.81)  # in US-AL
RECORDS: Sequence[tuple[str, str]] = (
    ("US", "kratom"),
    ("US-AL", "kratom"),
    ("US-AL", "7-oh"),
    ("US-AL-birmingham", "kratom"),
)
NAMES = ("Birmingham", "City of Birmingham")
TURNS = ("2015", "2019-07", "2021-06-01", "2024")
DAYS = st.sampled_from([date(2014, 1, 1), date(2019, 7, 1), date(2022, 1, 1), TODAY])


def record_states(key: tuple[str, str]) -> st.SearchStrategy[Record]:
    """States of a record: some periods one after the other, with or without a date of evidence."""
    statuses = st.sampled_from(["prohibited", "regulated", "unregulated", "unknown"])
    evidence = st.sampled_from([None, "2018-01-01", "2022-01-01", "2024-06-01"])

    def made(cuts: list[str], held: list[str], as_of: str | None) -> Record:
        bounds = [None, *sorted(cuts), None]
        periods = [
            a_period(status, start, end)
            for status, start, end in zip(held, bounds, bounds[1:], strict=False)
        ]
        return a_record(key[0], *periods, substance=key[1], evidence_as_of=as_of)

    cuts = st.lists(st.sampled_from(TURNS), unique=True, max_size=3)
    return st.builds(made, cuts, st.lists(statuses, max_size=4), evidence)


@st.composite
def steps(draw: st.DrawFn) -> tuple[Edit, ...]:
    """What is recorded in one step: states of records, removals of them, a name."""
    edits: list[Edit] = []
    for key in draw(st.lists(st.sampled_from(RECORDS), unique=True, max_size=3)):
        state = draw(st.none() | record_states(key))
        document = record_to_document(state) if state else None
        edits.append(Edit(key, document, "ana", "Read again."))
    if not edits or draw(st.booleans()):
        edits.append(named(draw(st.sampled_from(NAMES))))
    return tuple(edits)


def named(name: str) -> Edit:
    city = jurisdiction_to_document(a_jurisdiction("US-AL-birmingham", name=name))
    return Edit(("US-AL-birmingham", None), city, "ana", "Read again.")


GROUND = tuple(
    Edit((id, None), jurisdiction_to_document(a_jurisdiction(id)), "ana", "First.")
    for id in ("US", "US-AL", "US-AL-birmingham")
)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[datetime, tuple[Edit, ...]]]:
    """Steps at moments that never run backwards; several may share one."""
    found = [(START, GROUND)]
    moment = START
    for step in draw(st.lists(steps(), min_size=1, max_size=4)):
        moment += timedelta(days=draw(st.sampled_from([0, 1, 400])))
        found.append((moment, step))
    return found


@dataclass
class Shelf:
    """Data sets with histories, and their services."""

    stores: Stores
    opened: list[Database] = field(default_factory=list)

    def data_set(self, history: Sequence[tuple[datetime, tuple[Edit, ...]]]) -> Database:
        database = self.stores.new()
        self.opened.append(database)
        record(database, history)
        return database

    def services(
        self, history: Sequence[tuple[datetime, tuple[Edit, ...]]]
    ) -> SnapshotSource[Services]:
        return open_services(self.data_set(history), DATA, None, lambda: TODAY)

    def close(self) -> None:
        for database in self.opened:
            self.stores.take_back(database)


def record(database: Database, history: Sequence[tuple[datetime, tuple[Edit, ...]]]) -> None:
    """Write some steps to the edit log of a data set."""
    with database.writing() as connection:
        for moment, edits in history:
            revisions.append(connection, edits, moment)


@pytest.fixture(scope="module", autouse=True)
def one_ground(geography: Geography) -> Iterator[None]:
    """Open what never changes once, not once for each data set."""
    once = pytest.MonkeyPatch()
    once.setattr(bundle, "open_geography", lambda *_: geography)
    for name in ("Drawings", "Shapes", "Canvas"):
        once.setattr(bundle, name, cache(getattr(bundle, name)))
    yield
    once.undo()


Read = Callable[[Services, date, str], Any]


def plain(items: Any) -> Any:
    return list(items)


def rows_of(table: Table) -> Read:
    """The rows of an export; records are of no day."""
    return lambda asked, on, code: plain(
        rows(asked, table, None if table is Table.RECORDS else on, code, TODAY)
    )


READS: Mapping[str, Read] = {
    "the status of a jurisdiction": lambda asked, on, code: asked.lookup.at(
        Within("US-AL"), asked.snapshot.substances[code], on
    ),
    "the status of a place": lambda asked, on, code: asked.lookup.at(
        Within("US-AL-birmingham"), asked.snapshot.substances[code], on
    ),
    "the status at a point": lambda asked, on, code: asked.lookup.at(
        BIRMINGHAM, asked.snapshot.substances[code], on
    ),
    "the list": lambda asked, on, code: [
        (one, plain(asked.browse.standings(one.id, on)))
        for one in asked.browse.listed(Filters(parent="US-AL"), asked.snapshot.substances[code], on)
    ],
    "the map": lambda asked, on, code: [
        one
        for one in asked.maps.features(asked.snapshot.substances[code], on)
        if one.key.startswith("US")
    ],
    "the changes of law": lambda asked, on, code: asked.changes.between(on, substance=code),
    "the corrections": lambda asked, on, code: asked.changes.retold(substance=code),
    "the table": lambda asked, on, code: [
        row
        for row in asked.tables.rows(asked.snapshot.substances[code], on)
        if row.jurisdiction.id.startswith("US")
    ],
    "the history": lambda asked, on, code: asked.history.of_record(
        "US-AL", code, asked.snapshot.revision
    ),
    "the version": lambda asked, on, code: (asked.snapshot.data_version, asked.snapshot.tree),
    **{f"the rows of {table}": rows_of(table) for table in Table},
}


def read(name: str, asked: Services, on: date, code: str) -> Any:
    found = READS[name](asked, on, code)
    if name == "the version":  # trees have no equality of their own
        return found[0], {one.id: one for one in found[1]}
    return found


@given(histories(), DAYS, st.sampled_from(["kratom", "7-oh"]), st.data())
@settings(max_examples=20)
def test_every_read_as_of_a_moment_says_what_it_said_at_that_moment(
    stores: Stores,
    history: list[tuple[datetime, tuple[Edit, ...]]],
    on: date,
    code: str,
    data: st.DataObject,
) -> None:
    moments = [moment for moment, _ in history]
    moment = data.draw(st.sampled_from(moments)) + data.draw(
        st.sampled_from([timedelta(seconds=-1), timedelta(), timedelta(seconds=1)])
    )
    shelf = Shelf(stores)
    long, short = shelf.services(history), [one for one in history if one[0] <= moment]
    then, fresh = long.known_at(moment), shelf.services(short).current()
    has_place = "US-AL-birmingham" in fresh.snapshot.tree

    for name in READS:
        if has_place or name != "the status of a place":
            assert read(name, then, on, code) == read(name, fresh, on, code), name
    shelf.close()


@given(histories(), DAYS, st.sampled_from(["kratom", "7-oh"]))
@settings(max_examples=12)
def test_a_server_that_keeps_up_with_its_store_says_what_a_fresh_one_says(
    stores: Stores, history: list[tuple[datetime, tuple[Edit, ...]]], on: date, code: str
) -> None:
    shelf = Shelf(stores)
    first, *later = history
    database = shelf.data_set([first])
    kept_up = open_services(database, DATA, None, lambda: TODAY)
    for step in [None, *later]:
        record(database, [step] if step else [])
        fresh = open_services(database, DATA, None, lambda: TODAY)
        for name in READS:
            now = read(name, kept_up.refreshed(), on, code)
            assert now == read(name, fresh.current(), on, code), name
    shelf.close()


def test_an_answer_is_worked_out_anew_only_if_a_record_that_binds_it_was_recorded_anew(
    stores: Stores,
) -> None:
    def of(id: str, substance: str = "kratom", status: str = "prohibited") -> Edit:
        document = record_to_document(a_record(id, status, substance=substance))
        return Edit((id, substance), document, "ana", "x")

    shelf = Shelf(stores)
    database = shelf.data_set([(START, (*GROUND, of("US"), of("US-AL"), of("US-AL-birmingham")))])
    source = open_services(database, DATA, None, lambda: TODAY)

    def answer(id: str, code: str) -> object:
        now = source.refreshed()
        return now.lookup.at_jurisdiction(id, now.snapshot.substances[code], TODAY)

    asked = [("US", "kratom"), ("US-AL", "7-oh"), ("US-AL-birmingham", "kratom")]
    for step, anew in [
        (of("US-AL", "7-oh"), [False, True, False]),
        (of("US-AL", status="regulated"), [False, True, True]),
        (of("US-AL-birmingham"), [False, False, True]),
        (named("City of Birmingham"), [True, True, True]),
    ]:
        before = [answer(*one) for one in asked]
        record(database, [(START, (step,))])
        after = [answer(*one) for one in asked]
        assert [one is not other for one, other in zip(before, after, strict=True)] == anew
    shelf.close()


def documents(database: Database, up_to: int) -> dict[Subject, Any]:
    """What a version says of every subject."""
    with database.reading() as connection:
        heads = list(revisions.heads(connection, up_to))
    return {one.subject: one.document for one in heads if one.document is not None}


@given(histories(), st.data())
@settings(max_examples=40)
def test_what_two_versions_say_differently_makes_one_of_the_other(
    stores: Stores, history: list[tuple[datetime, tuple[Edit, ...]]], data: st.DataObject
) -> None:
    shelf = Shelf(stores)
    database = shelf.data_set(history)
    versions = Versions(database)
    last = sum(len(edits) for _, edits in history)
    older, newer = sorted(data.draw(st.integers(1, last)) for _ in range(2))
    before, after = documents(database, older), documents(database, newer)

    found = versions.between(versions.find(str(older)), versions.find(str(newer)))

    assert (found == []) == (before == after)
    for one in found:
        subject: Subject = (one.jurisdiction, one.substance)
        assert before.pop(subject, None) == (one.before.document if one.before else None)
        if one.after.document is not None:
            before[subject] = dict(one.after.document)
    assert before == after
    shelf.close()


def test_the_reads_are_told_apart_by_what_was_recorded_later(stores: Stores) -> None:
    """The property above could not fail if no read depended on the clock."""
    banned = record_to_document(a_record("US-AL", a_period("prohibited", "2020")))
    extract = record_to_document(a_record("US-AL", "prohibited", substance="7-oh"))
    free = record_to_document(a_record("US-AL", "unregulated"))
    later = START + timedelta(days=1)
    history = [
        (START, (*GROUND, Edit(("US-AL", "kratom"), free, "ana", "x"))),
        (
            later,
            (
                named("City of Birmingham"),
                Edit(("US-AL", "kratom"), banned, "ana", "x"),
                Edit(("US-AL", "7-oh"), extract, "ana", "x"),
            ),
        ),
    ]
    shelf = Shelf(stores)
    source = shelf.services(history)
    then, now = source.known_at(START), source.current()
    on = date(2019, 1, 1)

    for name in READS:
        day = on if name != "the rows of changes" else TODAY
        assert read(name, then, day, "kratom") != read(name, now, day, "kratom"), name
    shelf.close()
