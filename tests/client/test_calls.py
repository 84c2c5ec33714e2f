"""Every call, against a server on the real records."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from regmap.client import (
    Ambiguous,
    Client,
    InvalidInput,
    NotFound,
    Problem,
)

KRATOM = {"substance": "kratom", "form": "powder", "seven_oh_percent": 0.4, "buyer_age": 34}
SOURCES: list[str | dict[str, str]] = [
    "https://law.example.org/a",
    {"url": "https://law.example.org/b", "title": "B"},
]


# --- The law at a spot. -------------------------------------------------------------------------


def test_the_status_of_a_zip_code_tells_what_may_hold_too(regmap: Client) -> None:
    answer = regmap.status(zip="39701")

    assert answer.query.zip == "39701"
    assert answer.effective is not None
    assert answer.effective.governed_by == "US-MS"
    assert answer.effective.strictest_possible == "prohibited"
    assert answer.possible
    assert answer.layers[0].jurisdiction.id == "US"
    assert answer.disclaimer


@pytest.mark.parametrize(
    "where",
    [{"lat": 33.52, "lon": -86.81}, {"jurisdiction": "US-AL"}, {"place": "Birmingham, AL"}],
    ids=str,
)
def test_a_spot_can_be_named_in_several_ways(regmap: Client, where: dict[str, Any]) -> None:
    answer = regmap.status(**where)

    assert answer.effective is not None
    assert (answer.effective.status, answer.effective.governed_by) == ("prohibited", "US-AL")


def test_a_name_that_fits_several_places_is_no_answer(regmap: Client) -> None:
    with pytest.raises(Ambiguous) as caught:
        regmap.status(place="Columbus", on="2024-01-01")

    told = caught.value
    assert told.total >= len(told.candidates) > 5
    [town] = [one for one in told.candidates if one.jurisdiction == "US-MS-columbus"]
    assert regmap.status(jurisdiction=town.jurisdiction).effective is not None
    assert "Columbus, Ohio" in str(told)


def test_the_high_seas_have_no_status(regmap: Client) -> None:
    assert regmap.status(lat=0, lon=-30).effective is None


@pytest.mark.parametrize(
    ("on", "known_at"),
    [
        (date(2020, 1, 1), None),
        ("2020-01-01", None),
        (datetime(2019, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))), None),
        (date(2020, 1, 1), "2020-01-01"),
        ("2020-01-01", datetime(2020, 1, 2, tzinfo=UTC)),
        (None, date(2020, 1, 1)),
    ],
)
def test_both_clocks_are_taken_in_every_form(regmap: Client, on: Any, known_at: Any) -> None:
    answer = regmap.status(jurisdiction="US-RI", on=on, known_at=known_at)

    assert answer.effective is not None
    if known_at is None:
        assert answer.query.on == date(2020, 1, 1)
        assert answer.effective.status == "prohibited"
    else:  # nothing was known then
        assert answer.query.known_at is not None
        assert answer.query.known_at[:10] in ("2020-01-01", "2020-01-02")
        assert answer.effective.status == "unknown"


@pytest.mark.parametrize("clock", ["on", "known_at"])
def test_a_moment_that_could_be_any_is_refused(regmap: Client, clock: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        regmap.status(zip="39701", **{clock: datetime(2026, 1, 1)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("where", "raised", "field"),
    [
        ({"lat": 95.0, "lon": 3.0}, InvalidInput, "lat"),
        ({"lat": float("nan"), "lon": 3.0}, InvalidInput, "lat"),
        ({"zip": "39701", "on": "soon"}, InvalidInput, "on"),
        ({}, InvalidInput, "zip"),
        ({"jurisdiction": "XX"}, NotFound, "jurisdiction"),
        ({"zip": "00000"}, NotFound, "zip"),
    ],
)
def test_what_is_wrong_is_named(
    regmap: Client, where: dict[str, Any], raised: type[Problem], field: str
) -> None:
    with pytest.raises(raised) as caught:
        regmap.status(**where)

    assert caught.value.errors[field]


# --- Many spots. --------------------------------------------------------------------------------


def test_a_batch_answers_in_order_and_keeps_what_is_wrong_with_an_item(regmap: Client) -> None:
    items: list[dict[str, Any]] = [
        {"id": "a", "zip": "35203"},
        {"id": 2, "lat": 91.0, "lon": 0.0},
        {"jurisdiction": "US-CO"},
        {"lat": float("nan"), "lon": 1.0},
        {"id": "e", "lat": 0.0, "lon": -30.0},
    ]

    found = list(regmap.status_batch(items, chunk=2))

    assert [one.id for one in found] == ["a", 2, None, None, "e"]
    assert [one.error.status if one.error else None for one in found] == [
        None,
        422,
        None,
        422,
        None,
    ]
    assert found[4].effective is None
    single = regmap.status(jurisdiction="US-CO")
    assert found[2].effective == single.effective
    assert found[2].data_version == single.data_version


def test_a_full_batch_has_the_periods(regmap: Client) -> None:
    [found] = regmap.status_batch_full([{"zip": "39701"}])
    single = regmap.status(zip="39701")

    assert (found.layers, found.possible) == (single.layers, single.possible)


def test_verdicts_come_with_reasons_and_a_document_to_file(regmap: Client) -> None:
    found = list(regmap.verdicts([{"id": 1, "zip": "35203"}, {"id": 2, "zip": "x"}], KRATOM))

    denied, refused = found
    assert (denied.verdict, denied.id) == ("deny", 1)
    assert denied.reasons[0].sources
    assert denied.receipt
    assert denied.document["receipt"] == denied.receipt
    assert (refused.verdict, refused.receipt) == ("unknown", None)
    assert refused.error is not None
    assert "zip" in refused.error.errors


def test_a_wrong_product_is_told_at_once(regmap: Client) -> None:
    with pytest.raises(InvalidInput) as caught:
        next(regmap.verdicts([{"zip": "35203"}], {"substance": "tea"}))

    assert list(caught.value.errors) == ["product.substance"]


def test_a_route_by_stops_or_by_a_line(regmap: Client) -> None:
    by_stops = regmap.route(stops=[{"id": "x", "zip": "39701"}, {"jurisdiction": "US-AL"}])
    by_line = regmap.route(line=[(-87.5, 33.0), (-84.0, 36.5)], on="2020-01-01")

    assert [one.id for one in by_stops.stops] == ["x", None]
    assert by_line.stops == ()
    for found in (by_stops, by_line):
        assert found.strictest == "prohibited"
        assert found.km == pytest.approx(sum(one.km for one in found.crossed), abs=0.1)
        assert {one.jurisdiction.id for one in found.totals} >= {"US", "US-AL"}


# --- Jurisdictions, histories, versions. --------------------------------------------------------


def test_all_jurisdictions_come_once_however_they_are_cut(regmap: Client) -> None:
    whole = list(regmap.jurisdictions())
    cut = list(regmap.jurisdictions(page_size=37))

    assert whole == cut
    assert len({one.id for one in whole}) == len(whole) > 400


def test_jurisdictions_can_be_narrowed(regmap: Client) -> None:
    states = list(regmap.jurisdictions(level=["state", "district"], parent="US"))
    banned = list(regmap.jurisdictions(parent="US", status="prohibited", on="2020-01-01"))
    small = list(regmap.jurisdictions(bbox=(-88.5, 33.4, -88.4, 33.6)))
    counties = list(regmap.jurisdictions(scope="all", level="county", parent="US-TX", q="harris"))

    assert len(states) == 51
    assert "US-RI" in {one.id for one in banned} < {one.id for one in states}
    assert {"US", "US-MS"} <= {one.id for one in small}
    assert {"Harris County"} <= {one.name for one in counties}


def test_a_bad_filter_is_told_when_the_list_is_read(regmap: Client) -> None:
    listed = regmap.jurisdictions(page_size=201)

    with pytest.raises(InvalidInput, match="page_size"):
        next(listed)


def test_one_jurisdiction_with_its_limits_and_histories(regmap: Client) -> None:
    found = regmap.jurisdiction("US-RI", on="2020-01-01")
    history = regmap.history("US-RI", substance="kratom")
    limits = regmap.boundary("US-RI", detail="high")

    assert found.on == date(2020, 1, 1)
    assert found.codes.iso3166 == "US-RI"
    assert found.bbox is not None
    assert found.bbox[0] < found.bbox[2]
    period = found.periods[0].period
    assert period in history.periods
    assert all(one.end == after.start for one, after in pairwise(history.periods))
    assert history.revisions[0].recorded_at.tzinfo is not None
    assert limits["geometry"]["type"] in ("Polygon", "MultiPolygon")


@pytest.mark.parametrize("id", ["XX", "", "..", "US?x=1", "US#", "%2e"])
def test_an_id_is_nothing_but_an_id(regmap: Client, id: str) -> None:
    with pytest.raises(NotFound):
        regmap.jurisdiction(id)


@pytest.mark.parametrize("id", ["../status", "US/history", "/"])
def test_an_id_is_no_path(regmap: Client, id: str) -> None:
    for ask in (regmap.jurisdiction, regmap.history, regmap.boundary, regmap.correction):
        with pytest.raises(ValueError, match="slash"):
            ask(id)


def test_changes_are_typed_and_in_order(regmap: Client) -> None:
    found = list(regmap.changes(start=date(2020, 1, 1), end="2026-01-01", level="state"))

    assert found
    assert {one.type for one in found} == {"law_changed"}
    days = [one.effective for one in found]
    assert all(day is not None and "2020" <= day < "2026" for day in days)
    assert all(one.jurisdiction.level == "state" for one in found)


def test_the_edit_log_is_a_chain(regmap: Client) -> None:
    log = list(regmap.revisions())

    assert [one.revision for one in log] == list(range(1, len(log) + 1))
    assert all(after.previous_hash == one.hash for one, after in pairwise(log))
    assert list(regmap.revisions(since=log[-3].revision)) == log[-2:]
    assert list(regmap.revisions(since=date(2020, 1, 1), substance="7-oh", page_size=9)) == [
        one for one in log if one.substance == "7-oh"
    ]


def test_versions_and_what_two_of_them_say_differently(regmap: Client) -> None:
    [newest, *_] = regmap.versions()
    codebook_version = regmap.search("US").data_version

    assert newest.data_version == codebook_version
    whole = list(regmap.version_diff("1"))
    assert whole == list(regmap.version_diff("1", newest.data_version, page_size=50))
    assert list(regmap.version_diff(newest.data_version)) == []
    with pytest.raises(NotFound):
        next(regmap.version_diff("99999999"))


def test_the_codebook_search_and_map(regmap: Client) -> None:
    book = regmap.codebook()
    town, *_ = regmap.search("Birmingham, Alabama", limit=3).items
    drawn = regmap.map(level="state", compare="2015-01-01")
    topology = regmap.map(level="state", topojson=True)

    assert book.statuses[0].code == "prohibited"
    assert book.rules
    assert town.label.startswith("Birmingham, Alabama")
    assert len(drawn["features"]) >= 50
    assert "direction" in drawn["features"][0]["properties"]
    assert topology["type"] == "Topology"


@pytest.mark.parametrize("form", ["csv", "jsonl", "geojson"])
def test_an_export_is_what_the_server_says_it_is(regmap: Client, tmp_path: Path, form: Any) -> None:
    written = regmap.export(form, to=tmp_path, table="statuses", on="2020-01-01")

    content = written.path.read_bytes()
    assert written.path.name.startswith("regmap-statuses-on-2020-01-01")
    assert len(content) == written.bytes
    assert hashlib.sha256(content).hexdigest() == written.sha256
    assert written.sha256 in (written.etag or "")
    assert b"US-RI" in content


def test_an_export_that_there_is_not_leaves_no_file(regmap: Client, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        regmap.export("xls", to=tmp_path / "a.xls")  # type: ignore[arg-type]  # on purpose
    with pytest.raises(InvalidInput, match="table"):
        regmap.export("csv", to=tmp_path / "a.csv", table="x")  # type: ignore[arg-type]

    assert list(tmp_path.iterdir()) == []


# --- Corrections. -------------------------------------------------------------------------------


def test_a_correction_is_submitted_added_to_and_withdrawn(regmap: Client) -> None:
    taken = regmap.submit_correction(
        "US-VA", "kratom", message="The age is 25 now.", sources=SOURCES, email="a@example.org"
    )

    assert (taken.state, taken.jurisdiction, taken.message) == (
        "pending", "US-VA", "The age is 25 now.",
    )  # fmt: skip
    assert taken.secret is not None
    assert taken.secret not in repr(taken)
    assert [one.title for one in taken.sources] == [None, "B"]
    assert regmap.correction(taken.id).message is None
    assert regmap.correction(taken.id, taken.secret).message == "The age is 25 now."
    added = regmap.add(taken.id, taken.secret, message="See section 3.", sources=SOURCES[:1])
    assert added.events[0].kind == "submitted"
    assert len(added.events) == 2
    for _ in range(2):
        assert regmap.withdraw(taken.id, taken.secret).state == "withdrawn"
    with pytest.raises(Problem, match="409"):
        regmap.add(taken.id, taken.secret, message="Too late for this.")
    with pytest.raises(Problem, match="403"):
        regmap.withdraw(taken.id, "a guess")


def test_the_same_key_is_the_same_correction(regmap: Client) -> None:
    first, second, other = (
        regmap.submit_correction(
            "US-MD", "kratom", message="It is another age.", sources=SOURCES, key=key
        )
        for key in ("maryland-1", "maryland-1", None)
    )

    assert (first.id, first.secret) == (second.id, second.secret)
    assert other.id != first.id
    ledger = list(regmap.corrections(jurisdiction="US-MD", page_size=1))
    assert [one.id for one in ledger] == [other.id, first.id]


def test_a_submission_without_a_source_is_told_what_is_missing(regmap: Client) -> None:
    with pytest.raises(InvalidInput) as caught:
        regmap.submit_correction("US-VA", "kratom", message="It is another age.", sources=[])

    assert list(caught.value.errors) == ["sources"]
