"""The features: chosen by box and time, paged, and saying just what the API says."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from shapely.geometry import box, shape

from tests.api.lists import every_item
from tests.ogc.conftest import ALL, ITEMS, Ask, ids_of, properties_of, target
from tests.served import json_of

SAID_BY_BOTH = ("status", "min_age", "governed_by", "confidence", "since", "verified", "own_rule")
TURNED = "2018-06-01"
"""A day on which little law on 7-OH was known yet."""


def said_by_the_api(client: FlaskClient, substance: str, query: str) -> dict[str, Any]:
    """What the API says of a substance in every jurisdiction, by id."""
    listed = every_item(client, f"/api/v1/jurisdictions?scope=all&page_size=200{query}")
    return {
        one["id"]: {
            name: standing[name]
            for standing in one["statuses"]
            if standing["substance"] == substance
            for name in SAID_BY_BOTH
        }
        for one in listed
    }


def told(collection: Any) -> dict[str, dict[str, Any]]:
    """What a collection says that the API says too, by id."""
    return {
        id: {name: one[name] for name in SAID_BY_BOTH}
        for id, one in properties_of(collection).items()
    }


@pytest.mark.parametrize("substance", ["kratom", "7-oh"])
def test_the_features_are_all_jurisdictions_and_say_what_the_api_says(
    client: FlaskClient, items: Ask, substance: str
) -> None:
    collection = items(limit=ALL, substance=substance)

    assert told(collection) == said_by_the_api(client, substance, "")
    assert collection["numberMatched"] == collection["numberReturned"] > 3_000


@pytest.mark.parametrize("substance", ["kratom", "7-oh"])
@pytest.mark.parametrize("on", ["2012-01-01", TURNED, "2027-01-01"])
def test_so_they_do_for_another_day(
    client: FlaskClient, items: Ask, substance: str, on: str
) -> None:
    collection = items(limit=ALL, substance=substance, on=on)

    assert told(collection) == said_by_the_api(client, substance, f"&on={on}")
    assert {one["on"] for one in properties_of(collection).values()} == {on}


def test_so_they_do_for_what_was_known_before_the_first_record(
    client: FlaskClient, items: Ask
) -> None:
    collection = items(limit=ALL, known_at="2020-01-01")

    assert told(collection) == said_by_the_api(client, "kratom", "&known_at=2020-01-01")
    assert {one["status"] for one in properties_of(collection).values()} == {"unknown"}


@pytest.mark.parametrize("substance", ["kratom", "7-oh"])
def test_an_instant_selects_where_a_law_is_in_force_and_says_what_the_api_says(
    client: FlaskClient, items: Ask, substance: str
) -> None:
    collection = items(limit=ALL, substance=substance, datetime=f"{TURNED}T12:00:00Z")

    there = said_by_the_api(client, substance, f"&on={TURNED}")
    governed = {id: one for id, one in there.items() if one["governed_by"] is not None}
    assert told(collection) == governed
    assert 0 < len(governed) < len(there)
    assert {one["status"] for id, one in there.items() if id not in governed} == {"unknown"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2019-06-01", "2019-06-01"),
        ("2019-06-01T23:30:00-02:00", "2019-06-02"),
        ("2019-06-01t00:30:00.25+01:00", "2019-05-31"),
        ("2016-12-31T23:59:60Z", "2016-12-31"),
        ("2019-06-01/2019-06-01", "2019-06-01"),
        ("2019-06-01/2019-06-01T00:00:00Z", "2019-06-01"),
        ("2019-06-01/2020-02-29", "2020-02-29"),
        ("../2019-06-01", "2019-06-01"),
        ("/2019-06-01T08:00:00Z", "2019-06-01"),
        ("2150-06-01/..", "2150-06-01"),
        ("2150-06-01/", "2150-06-01"),
    ],
)
def test_features_are_shown_as_of_the_last_day_asked_for(items: Ask, text: str, shown: str) -> None:
    collection = items(datetime=text)

    assert {one["on"] for one in properties_of(collection).values()} == {shown}


def test_an_open_interval_shows_today(items: Ask) -> None:
    today = properties_of(items(limit=1)).popitem()[1]["on"]

    collection = items(datetime="2019-06-01T00:00:00Z/..")

    assert {one["on"] for one in properties_of(collection).values()} == {today}


def test_a_feature_tells_when_its_answer_ends(items: Ask) -> None:
    before = properties_of(items(limit=ALL, on="2016-05-09"))["US-AL"]
    after = properties_of(items(limit=ALL, on="2016-05-10"))["US-AL"]

    assert before["until"] == before["next_change"] == after["since"] == "2016-05-10"
    assert before["next_status"] == after["status"] == "prohibited"


BOXES = {
    "a state": (-88, 32, -87, 33),
    "a hole of sea": (-60, 30, -50, 35),
    "a point": (-86.8, 33.5, -86.8, 33.5),
    "a line": (-100, 40, -90, 40),
    "across ±180°": (177, -20, -178, -12),
    "the Aleutians": (170, 50, -160, 60),
    "the world": (-180, -90, 180, 90),
}


@pytest.mark.parametrize("name", BOXES)
def test_a_box_selects_just_the_shapes_that_meet_it(items: Ask, name: str) -> None:
    west, south, east, north = BOXES[name]
    halves = [(west, east)] if west <= east else [(west, 180), (-180, east)]
    areas = [box(left, south, right, north) for left, right in halves]
    everything = items(limit=ALL)["features"]
    meeting = [
        one["id"]
        for one in everything
        if one["geometry"] and any(shape(one["geometry"]).intersects(area) for area in areas)
    ]

    collection = items(limit=ALL, bbox=f"{west},{south},{east},{north}")

    assert ids_of(collection) == meeting
    assert collection["numberMatched"] == len(meeting)


def test_the_real_shape_counts_not_the_box_around_it(items: Ask) -> None:
    # off Florida's west coast, inside the box around the state
    gulf = ids_of(items(limit=ALL, bbox="-85.5,27,-84.5,28"))

    assert gulf == []


def test_heights_are_read_and_left_out(items: Ask) -> None:
    flat = items(limit=ALL, bbox="-88,32,-87,33")
    high = items(limit=ALL, bbox="-88,32,-1e3,-87,33,9000.5")

    assert high["features"] == flat["features"]


def test_what_has_no_limits_is_a_point_and_found_by_it(items: Ask) -> None:
    point = next(one for one in items(limit=ALL, level="place")["features"])
    lon, lat = point["geometry"]["coordinates"]

    near = items(limit=ALL, bbox=f"{lon - 0.001},{lat - 0.001},{lon + 0.001},{lat + 0.001}")

    assert point["geometry"]["type"] == "Point"
    assert point["id"] in ids_of(near)


def test_what_nobody_can_place_has_no_geometry_and_lies_in_no_box(items: Ask) -> None:
    nowhere = {one["id"] for one in items(limit=ALL)["features"] if one["geometry"] is None}

    boxed = set(ids_of(items(limit=ALL, bbox="-180,-90,180,90")))

    assert nowhere
    assert not nowhere & boxed


def test_filters_hold_together(items: Ask) -> None:
    collection = items(limit=ALL, bbox="-89,30,-84,36", level="county,place", status="prohibited")

    found = properties_of(collection).values()
    assert {one["level"] for one in found} <= {"county", "place"}
    assert {one["status"] for one in found} == {"prohibited"}
    assert len(found) > 60


@pytest.mark.parametrize(("asked", "size"), [(1, 1), (10_000, None), (10**9, None)])
def test_a_limit_is_kept_and_a_huge_one_capped(items: Ask, asked: int, size: int | None) -> None:
    collection = items(limit=asked)

    assert collection["numberReturned"] == len(collection["features"])
    assert collection["numberReturned"] == (size or collection["numberMatched"])
    own = target(collection, "self")
    assert own is not None
    assert f"limit={min(asked, 10_000)}" in own


def test_without_a_limit_ten_are_answered(items: Ask) -> None:
    assert items()["numberReturned"] == 10


def test_the_links_lead_through_all_pages_and_keep_the_filters(
    client: FlaskClient, items: Ask
) -> None:
    query = {"bbox": "-89,30,-84,36", "status": "prohibited", "datetime": "2026-01-01/2026-11-23"}
    whole = ids_of(items(limit=ALL, **query))
    page = items(limit=25, **query)
    pages = [ids_of(page)]

    while (following := target(page, "next")) is not None:
        last, page = page, json_of(client.get(following))
        pages.append(ids_of(page))
        before = target(page, "prev")
        assert before is not None
        assert ids_of(json_of(client.get(before))) == ids_of(last)

    assert [id for ids in pages for id in ids] == whole
    assert len(pages) == -(-len(whole) // 25) > 2


def test_behind_the_last_feature_stands_an_empty_page(items: Ask) -> None:
    page = items(offset=999_999)

    assert (page["numberReturned"], page["features"]) == (0, [])
    assert target(page, "next") is None
    assert target(page, "prev") is not None


def test_one_feature_is_the_same_as_among_all(client: FlaskClient, items: Ask) -> None:
    query = {"substance": "7-oh", "on": "2026-01-01"}
    among = {one["id"]: one for one in items(limit=ALL, **query)["features"]}

    for id in ("TH", "US", "US-AL", "US-AL-lee-county", "US-MS-columbus", "AU-WA"):
        alone = json_of(client.get(f"{ITEMS}/{id}", query_string=query))
        assert {name: alone[name] for name in among[id]} == among[id]
        assert target(alone, "collection") is not None


def test_the_addresses_in_a_feature_lead_to_its_pages(client: FlaskClient, items: Ask) -> None:
    told_of = properties_of(items(limit=ALL, status="prohibited"))["US-AL"]

    for name in ("url", "api_url"):
        assert client.get(told_of[name]).status_code == 200
        assert told_of[name].startswith("http://localhost/")


def test_addresses_are_those_of_the_host_that_was_asked(client: FlaskClient) -> None:
    there = json_of(client.get(ITEMS, base_url="https://maps.example.org"))
    here = json_of(client.get(ITEMS))

    assert "http://localhost" not in str(there)
    assert str(there).replace("https://maps.example.org", "http://localhost") == str(here)


def test_a_client_that_has_the_answer_is_told_so(client: FlaskClient) -> None:
    for path in (ITEMS, f"{ITEMS}?f=html", f"{ITEMS}/US-AL", "/ogc", "/ogc/api"):
        first = client.get(path)
        etag = first.headers["ETag"]
        again = client.get(path, headers={"If-None-Match": etag})

        assert not etag.startswith("W/")
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == etag
        assert "Accept" in again.vary
        other = client.get(path, headers={"If-None-Match": '"0"'})
        assert other.data == first.data
