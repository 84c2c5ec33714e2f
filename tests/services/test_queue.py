"""The queue of corrections that wait for a curator."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from regmap.domain.corrections import Correction, State
from regmap.domain.doubt import GRAVEST_DOUBT
from regmap.domain.vocabulary import Confidence, Status
from regmap.services.queue import Order, Waiting, waiting
from regmap.services.snapshot import Geography
from regmap.store.database import Database
from tests.builders import a_period, a_record
from tests.services.corrections_model import NOON, VIRGINIA, Office, an_office

LATER = NOON + timedelta(days=10)
WEAK = a_record("US-TN", a_period("regulated", confidence=Confidence.LOW), evidence_as_of="2019")


@pytest.fixture
def office(database: Database, geography: Geography, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office where Virginia's record is good, Tennessee's is weak, and Georgia has none."""
    country = a_record("US", "unregulated")
    return an_office(database, geography, monkeypatch, country, VIRGINIA, WEAK)


def queue(
    office: Office,
    order: Order = Order.AGE,
    now: datetime = LATER,
    asks: dict[str, int] | None = None,
) -> list[Waiting]:
    found, _ = office.corrections.listed()
    return waiting(found, office.source.current(), asks or {}, now, order)


def ids(items: list[Waiting]) -> list[str]:
    return [one.correction.id for one in items]


def submit(office: Office, *places: str) -> list[str]:
    """A correction for each of these places, one after the other."""
    submitted: list[Correction] = [office.submit(jurisdiction=place) for place in places]
    return [one.id for one in submitted]


def test_only_what_is_open_waits(office: Office) -> None:
    standing = {
        state: office.standing(state, proposed={"status": "prohibited", "from": f"{2027 + n}"})[0]
        for n, state in enumerate(State)
    }

    assert ids(queue(office)) == [standing[State.PENDING], standing[State.NEEDS_INFO]]


def test_the_oldest_comes_first_and_what_waits_for_its_submitter_last(office: Office) -> None:
    asked, _ = office.standing(State.NEEDS_INFO)
    first, second = submit(office, "US-VA", "US-VA")

    items = queue(office)

    assert ids(items) == [first, second, asked]
    assert [one.is_with_submitter for one in items] == [False, False, True]


def test_the_most_asked_for_come_first_and_the_older_among_equals(office: Office) -> None:
    virginia, tennessee, georgia, again = submit(office, "US-VA", "US-TN", "US-GA", "US-VA")

    items = queue(office, Order.TRAFFIC, asks={"US-TN": 5, "US-VA": 2})

    assert ids(items) == [tennessee, virginia, again, georgia]
    assert [one.asks for one in items] == [5, 2, 2, 0]


def test_the_most_doubtful_come_first(office: Office) -> None:
    virginia, tennessee = submit(office, "US-VA", "US-TN")

    items = queue(office, Order.DOUBT)

    assert ids(items) == [tennessee, virginia]
    assert items[0].doubt > items[1].doubt


def test_each_tells_what_holds_there_and_how_long_it_has_waited(office: Office) -> None:
    submit(office, "US-VA")

    [one] = queue(office)

    assert one.jurisdiction is not None
    assert one.jurisdiction.id == "US-VA"
    assert one.status is Status.REGULATED
    assert one.days == 9
    assert queue(office, now=NOON - timedelta(days=3))[0].days == 0  # a clock was set back


def test_a_place_that_is_gone_waits_on_in_the_gravest_doubt(office: Office) -> None:
    [id] = submit(office, "US-TN")
    found, _ = office.corrections.listed()
    lost = [replace(found[0], jurisdiction="US-XX")]

    [one] = waiting(lost, office.source.current(), {}, LATER)

    assert one.correction.id == id
    assert (one.jurisdiction, one.status, one.doubt) == (None, Status.UNKNOWN, GRAVEST_DOUBT)
