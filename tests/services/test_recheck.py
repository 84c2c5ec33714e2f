"""The re-check queue: what is doubtful, old, moving and asked for comes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.errors import UnknownJurisdiction
from regmap.domain.records import Record
from regmap.domain.vocabulary import Confidence, Status
from regmap.services.bundle import Services, open_services
from regmap.services.recheck import Doubtful, Recheck, asks_in, score
from regmap.services.traffic import Traffic
from regmap.store.database import Database
from tests.builders import a_bill, a_period, a_record
from tests.served import DATA, shared_database, shared_folder, url_of

TODAY = date(2026, 11, 23)
GRADES = st.integers(0, 2)
AGES = st.none() | st.integers(0, 4_000)
COUNTS = st.integers(0, 50)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """The services over the real records."""
    folder = shared_folder(tmp_path_factory)
    database = Database(url_of(shared_database(tmp_path_factory)))
    nothing = folder / "nothing-imported"
    yield open_services(database, DATA, folder / "cache", lambda: TODAY, nothing).current()
    database.close()


def with_records(asked: Services, *records: Record) -> Services:
    """The same services, whose only records are these."""
    only = {one.key: one for one in records}
    return replace(asked, snapshot=replace(asked.snapshot, records=only))


def listed(asked: Services, *records: Record, **asks: int) -> list[str]:
    """The jurisdictions in the queue over some records."""
    counts = {id.replace("_", "-"): count for id, count in asks.items()}
    queue = Recheck(with_records(asked, *records), counts).listed(TODAY)
    return [one.jurisdiction.id for one in queue]


def only(asked: Services, record: Record) -> Doubtful:
    (one,) = Recheck(with_records(asked, record), {}).listed(TODAY)
    return one


def test_every_record_stands_in_the_queue_once(asked: Services) -> None:
    queue = Recheck(asked, {}).listed(TODAY)

    assert {(one.jurisdiction.id, one.substance) for one in queue} == set(asked.snapshot.records)
    assert len(queue) == len(asked.snapshot.records)
    assert [one.score for one in queue] == sorted((one.score for one in queue), reverse=True)


def test_the_order_does_not_depend_on_that_of_the_records(asked: Services) -> None:
    backwards = dict(reversed(list(asked.snapshot.records.items())))
    other = replace(asked, snapshot=replace(asked.snapshot, records=backwards))

    assert Recheck(asked, {}).listed(TODAY) == Recheck(other, {}).listed(TODAY)


def test_older_evidence_comes_first(asked: Services) -> None:
    old = a_record("US-VA", "regulated", evidence_as_of="2026-01")
    older = a_record("US-MS", "regulated", evidence_as_of="2025-12-20")

    assert listed(asked, old, older) == ["US-MS", "US-VA"]


def test_evidence_without_a_date_counts_for_three_years(asked: Services) -> None:
    doubtful = a_period(confidence=Confidence.LOW)
    young = a_record("US-VA", doubtful, evidence_as_of="2024-11")
    unknown = a_record("US-MS", doubtful, evidence_as_of=None)
    old = a_record("US-CA", doubtful, evidence_as_of="2023-11")

    assert listed(asked, young, unknown, old) == ["US-CA", "US-MS", "US-VA"]
    assert only(asked, unknown).age_days is None


@pytest.mark.parametrize(
    "doubtful",
    [
        a_record("US-VA", a_period(confidence=Confidence.LOW)),
        a_record("US-VA", a_period(sources=())),
        a_record("US-VA", "unknown"),
        a_record("US-VA", "regulated", pending=(a_bill(),)),
    ],
    ids=["weak", "without a source", "unknown", "a bill is pending"],
)
def test_doubt_and_bills_come_first(asked: Services, doubtful: Record) -> None:
    assert listed(asked, a_record("US-MS", "regulated"), doubtful) == ["US-VA", "US-MS"]


def test_what_is_asked_for_comes_first(asked: Services) -> None:
    records = [a_record(id, "regulated") for id in ("US-CA", "US-MS", "US-VA")]

    assert listed(asked, *records, US_VA=5, US_MS=2) == ["US-VA", "US-MS", "US-CA"]


def test_a_record_is_judged_by_itself_though_the_law_above_it_decides(asked: Services) -> None:
    town = a_record("US-MS-columbus", a_period("unregulated", confidence=Confidence.LOW))
    state = a_record("US-MS", "prohibited")
    queue = {
        one.jurisdiction.id: one
        for one in Recheck(with_records(asked, town, state), {}).listed(TODAY)
    }

    assert queue["US-MS"].doubt == 0
    assert queue["US-MS-columbus"].doubt == 1
    assert queue["US-MS-columbus"].status is Status.UNREGULATED
    assert any("Columbus" in reason for reason in queue["US-MS-columbus"].reasons)


def test_a_record_without_a_rule_is_as_doubtful_as_what_holds_there(asked: Services) -> None:
    looked = only(asked, a_record("US-MS-columbus"))

    assert looked.status is None
    assert looked.doubt < 2  # Mississippi's law is known
    assert only(asked, a_record("FJ", evidence_as_of="2026-11")).score > 0


def test_reasons_are_told_in_sentences(asked: Services) -> None:
    one = only(asked, a_record("US-VA", a_period(confidence=Confidence.LOW), evidence_as_of=None))

    assert one.doubt == 2
    assert one.reasons == (
        "The sources on Virginia are weak or disagree (confidence: low).",
        "The date of the evidence on Virginia is not known.",
    )


def test_a_date_to_come_is_no_age_below_nothing(asked: Services) -> None:
    assert only(asked, a_record("US-VA", "regulated", evidence_as_of="2027")).age_days == 0


def test_the_queue_is_narrowed_by_substance_parent_and_age(asked: Services) -> None:
    def keys(**narrowed: Any) -> set[tuple[str, str]]:
        queue = Recheck(asked, {}).listed(TODAY, **narrowed)
        return {(one.jurisdiction.id, one.substance) for one in queue}

    records, tree = asked.snapshot.records, asked.snapshot.tree
    assert keys(substance="7-oh") == {key for key in records if key[1] == "7-oh"}
    assert keys(parent="US-MS") == {key for key in records if tree.get(key[0]).parent == "US-MS"}
    assert keys(older_than=0) | keys(older_than=365) == keys(older_than=0)
    for key in keys(older_than=365):
        dated = records[key].evidence_as_of
        assert dated is None or (TODAY - dated.first_day).days > 365


def test_a_parent_that_nobody_knows_is_refused(asked: Services) -> None:
    with pytest.raises(UnknownJurisdiction) as refused:
        Recheck(asked, {}).listed(TODAY, parent="US-XX")

    assert refused.value.field == "parent"


def test_a_store_that_is_away_counts_no_asks(database: Database) -> None:
    traffic = Traffic(database, lambda: TODAY)
    traffic.count(["US-VA"])
    traffic.flush()

    assert asks_in(traffic) == {"US-VA": 1}

    database.close()
    for file in database.file.parent.glob(f"{database.file.name}*"):
        file.unlink()
    assert asks_in(traffic) == {}


@given(GRADES, AGES, COUNTS, COUNTS)
def test_more_of_anything_never_scores_less(
    grade: int, age: int | None, bills: int, asks: int
) -> None:
    least = score(grade, age, bills, asks)

    assert 0 < least <= score(grade + 1, age, bills, asks)
    assert least <= score(grade, age, bills + 1, asks)
    assert least < score(grade, age, bills, asks + 1)
    assert age is None or least <= score(grade, age + 1, bills, asks)


def test_the_score_is_the_documented_product() -> None:
    assert score(0, None, 0, 0) == 3.0
    assert score(2, None, 1, 0) == 3 * 3.0 * 2
    assert score(2, None, 9, 7) == 3 * 3.0 * 4 * 4
    assert score(1, 0, 0, 1) == pytest.approx(2 / 12 * 2)
