"""``GET /changes``: every dated turn of law, and only those."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from tests.api.conftest import Ask

Turn = tuple[str, str, str, str | None, str | None]
"""Jurisdiction, substance, effective date, own status before, own status after."""


def _first_day(text: str) -> str:
    """A partial date counts as its first day."""
    return (text + "-01-01")[:10] if len(text) == 4 else (text + "-01")[:10]


def _turns(id: str, substance: str, periods: list[dict[str, Any]]) -> Iterator[Turn]:
    """The turns of a record as anyone would read them from its periods, one by one."""
    ends = {_first_day(one["to"]): one for one in periods if one["to"]}
    starts = {_first_day(one["from"]): one for one in periods if one["from"]}
    for day in ends.keys() | starts.keys():
        before, after = ends.get(day), starts.get(day)
        written = after["from"] if after else ends[day]["to"]
        yield (
            id,
            substance,
            written,
            before["status"] if before else None,
            after["status"] if after else None,
        )


@pytest.fixture
def every_turn(record_files: dict[str, dict[str, Any]]) -> set[Turn]:
    return {
        turn
        for id, document in record_files.items()
        for substance, body in document["records"].items()
        for turn in _turns(id, substance, body["periods"])
    }


def _changes(ask: Ask, **filters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(1, 50):
        answer = ask("/changes", page=page, page_size=200, **filters)
        found += answer["items"]
        if len(found) == answer["total"]:
            return found
    pytest.fail("the list has no end")


def _as_turn(change: dict[str, Any]) -> Turn:
    return (
        change["jurisdiction"]["id"],
        change["substance"],
        change["effective"],
        change["before"],
        change["after"],
    )


def test_every_dated_start_and_end_of_every_record_is_a_change(
    ask: Ask, every_turn: set[Turn]
) -> None:
    found = [_as_turn(change) for change in _changes(ask)]

    assert len(found) == len(set(found))
    assert set(found) == every_turn
    assert len(found) > 250


def test_changes_stand_in_the_order_of_their_dates(ask: Ask) -> None:
    days = [_first_day(change["effective"]) for change in _changes(ask)]

    assert days == sorted(days)


def test_from_is_in_and_to_is_out(ask: Ask, every_turn: set[Turn]) -> None:
    for day in ("2017-01-01", "2026-04-01", "2025-07-01"):
        following = str(date.fromisoformat(day) + timedelta(1))
        expected = {turn for turn in every_turn if _first_day(turn[2]) == day}
        assert expected

        on_the_day = _changes(ask, **{"from": day, "to": following})
        up_to, since = _changes(ask, to=day), _changes(ask, **{"from": day})

        assert {_as_turn(change) for change in on_the_day} == expected
        assert all(_first_day(change["effective"]) < day for change in up_to)
        assert all(_first_day(change["effective"]) >= day for change in since)
        assert len(up_to) + len(since) == len(every_turn)


def test_an_empty_stretch_of_time_holds_nothing(ask: Ask) -> None:
    assert _changes(ask, **{"from": "2026-04-01", "to": "2026-04-01"}) == []
    assert _changes(ask, **{"from": "2199-01-01"}) == []


@pytest.mark.parametrize(
    ("filters", "keeps"),
    [
        ({"jurisdiction": "US-RI"}, lambda change: change["jurisdiction"]["id"] == "US-RI"),
        ({"substance": "7-oh"}, lambda change: change["substance"] == "7-oh"),
        ({"level": "state"}, lambda change: change["jurisdiction"]["level"] == "state"),
        (
            {"level": "county,place", "substance": "kratom"},
            lambda change: (
                change["jurisdiction"]["level"] in ("county", "place")
                and change["substance"] == "kratom"
            ),
        ),
    ],
)
def test_a_filter_keeps_all_that_passes_and_nothing_else(
    ask: Ask, filters: dict[str, str], keeps: Any
) -> None:
    everything = _changes(ask)

    found = _changes(ask, **filters)

    assert found == [change for change in everything if keeps(change)]
    assert 0 < len(found) < len(everything)


def test_a_change_tells_what_was_made_law_and_where_that_stands(
    ask: Ask, record_files: dict[str, dict[str, Any]]
) -> None:
    [_, lifted] = _changes(ask, jurisdiction="US-RI", substance="kratom")
    act = record_files["US-RI"]["records"]["kratom"]["periods"][2]

    assert (lifted["before"], lifted["after"]) == ("prohibited", "regulated")
    assert (lifted["effective_before"], lifted["effective_after"]) == ("prohibited", "regulated")
    assert lifted["direction"] == "loosened"
    assert (lifted["summary"], lifted["citation"]) == (act["summary"], act["citation"])
    assert [one["url"] for one in lifted["sources"]] == [one["url"] for one in act["sources"]]


def test_a_rule_that_ended_with_nothing_after_tells_what_ended_it(
    ask: Ask, record_files: dict[str, dict[str, Any]]
) -> None:
    endings = {
        (id, substance, period["to"]): period["ended_by"]
        for id, document in record_files.items()
        for substance, body in document["records"].items()
        for period in body["periods"]
        if period.get("ended_by")
    }
    told = {
        (change["jurisdiction"]["id"], change["substance"], change["effective"]): change
        for change in _changes(ask)
        if change["after"] is None
    }

    assert endings
    for key, ending in endings.items():
        assert told[key]["summary"] == ending["summary"]
        assert told[key]["citation"] == ending.get("citation")
        assert len(told[key]["sources"]) == len(ending["sources"])


STRICTNESS = ["prohibited", "sale_prohibited", "controlled", "regulated", "unregulated"]


def test_a_direction_compares_what_held_before_and_after(ask: Ask) -> None:
    seen = set()
    for change in _changes(ask):
        before, after = change["effective_before"], change["effective_after"]
        seen.add(change["direction"])
        if "unknown" in (before, after) and before != after:
            assert change["direction"] == "other", change
        elif before != after:
            stricter = STRICTNESS.index(after) < STRICTNESS.index(before)
            assert change["direction"] == ("tightened" if stricter else "loosened"), change

    assert seen == {"tightened", "loosened", "other"}


def test_what_held_agrees_with_status_on_the_day_and_on_the_day_before(ask: Ask) -> None:
    for change in _changes(ask, **{"from": "2025-06-01"}):
        day = date.fromisoformat(_first_day(change["effective"]))
        place = {"jurisdiction": change["jurisdiction"]["id"], "substance": change["substance"]}

        before = ask("/status", **place, on=str(day - timedelta(1)))["effective"]
        after = ask("/status", **place, on=str(day))["effective"]

        assert change["effective_before"] == before["status"]
        assert change["effective_after"] == after["status"]


def test_nothing_had_changed_as_far_as_was_known_before_the_first_load(ask: Ask) -> None:
    assert _changes(ask, known_at="2020-01-01") == []
