"""``GET /status?zip=`` and ``?place=``: areas that reach into several, names that fit several."""

from __future__ import annotations

import random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.http.context import source_of
from tests.api.conftest import Ask
from tests.served import assert_problem, json_of

ON = "2026-06-01"


def ids(layers: list[dict[str, Any]]) -> list[str]:
    return [layer["jurisdiction"]["id"] for layer in layers]


# ZIP: what holds it for certain, what it may reach too (some of it), who decides, what is said.
ZIPS: dict[str, tuple[str, list[str], list[str], str | None, str | None]] = {
    "in one county": (
        "35203",
        ["US", "US-AL", "US-AL-jefferson-county"],
        [],
        "US-AL",
        None,
    ),
    "in two counties": (
        "39701",
        ["US", "US-MS"],
        ["US-MS-lowndes-county", "US-MS-noxubee-county", "US-MS-columbus"],
        "US-MS",
        "reaches into several areas",
    ),
    "in two states": (
        "42223",
        ["US"],
        ["US-KY", "US-TN", "US-TN-montgomery-county"],
        "US",
        "none of them decides: Kentucky, Tennessee",
    ),
    "of another state than its address": (
        "45275",
        ["US"],
        ["US-KY", "US-OH", "US-KY-boone-county"],
        "US",
        "none of them decides",
    ),
    "of post office boxes": (
        "33101",
        ["US", "US-FL", "US-FL-miami-dade-county"],
        [],
        "US-FL",
        "post office boxes",
    ),
    "of military mail": ("09012", [], [], None, "military mail"),
    "with four digits more": (
        "12345-6789",
        ["US", "US-NY", "US-NY-schenectady-county"],
        [],
        "US",
        None,
    ),
    "in the District of Columbia": ("20001", ["US", "US-DC"], [], "US-DC", None),
    "in Puerto Rico": (
        "00901",
        ["US", "US-PR", "US-PR-san-juan-municipio"],
        [],
        "US",
        None,
    ),
    "in Guam": ("96910", ["US", "US-GU"], [], "US-GU", "law of Guam is not known"),
    "in American Samoa": ("96799", ["US", "US-AS"], ["US-AS-eastern-district"], "US-AS", None),
    "in Palau, of no state": ("96939", ["PW"], [], None, "No sufficient evidence"),
}


@pytest.mark.parametrize(("zip", "certain", "possible", "decides", "said"), ZIPS.values(), ids=ZIPS)
def test_a_zip_is_an_area_of_which_only_what_holds_all_of_it_decides(
    ask: Ask,
    zip: str,
    certain: list[str],
    possible: list[str],
    decides: str | None,
    said: str | None,
) -> None:
    answer = ask("/status", zip=zip, on=ON)

    assert ids(answer["layers"]) == certain
    assert set(possible) <= set(ids(answer["possible"]))
    assert bool(possible) == bool(answer["possible"])
    assert answer["effective"]["governed_by"] == decides
    assert answer["near"] == []
    assert said is None or any(said in warning for warning in answer["warnings"])


def test_military_mail_is_unknown_rather_than_lawful(ask: Ask) -> None:
    effective = ask("/status", zip="09012")["effective"]

    assert (effective["status"], effective["strictest_possible"]) == ("unknown", "unknown")


def test_the_strictest_of_the_states_that_a_zip_reaches_is_told(ask: Ask) -> None:
    effective = ask("/status", zip="02861", on=ON)["effective"]  # Massachusetts or Rhode Island

    assert effective["governed_by"] == "US"
    assert effective["strictest_possible"] == "sale_prohibited"


REFUSED = [
    "9999",
    "123",
    "1234567",
    "35203-12345",
    "35203-",
    "123456789",
    "３５２０３",
    "1e400",
    "",
    "A",
]


@pytest.mark.parametrize("zip", REFUSED)
def test_what_is_no_zip_is_refused_by_name(client: FlaskClient, zip: str) -> None:
    assert_problem(client.get("/api/v1/status", query_string={"zip": zip}), 422, "zip")


def test_a_lost_leading_zero_is_guessed(client: FlaskClient) -> None:
    problem = assert_problem(client.get("/api/v1/status?zip=2861"), 422, "zip")

    assert "02861" in problem["errors"]["zip"][0]


@pytest.mark.parametrize("zip", ["00000", "99999", "00001-0000"])
def test_a_zip_that_nobody_has_is_a_404(client: FlaskClient, zip: str) -> None:
    assert_problem(client.get(f"/api/v1/status?zip={zip}"), 404, "zip")


def test_zips_of_the_whole_country_are_answered_and_what_is_possible_never_decides(
    app: Flask,
) -> None:
    known = list(source_of(app).current().snapshot.geography.zips)
    sample = random.Random(7).sample(known, 3_000)

    client = app.test_client()
    body = {"items": [{"zip": code} for code in sample], "on": ON}
    found = json_of(client.post("/api/v1/status/batch", json=body))["items"]

    assert len(known) > 39_000
    for code, one in zip(sample, found, strict=True):
        assert "error" not in one, code
        assert {layer["match"] for layer in one["layers"]} <= {"inside"}, code
        assert {layer["match"] for layer in one["possible"]} <= {"possible"}, code
        assert one["effective"]["governed_by"] not in {layer["id"] for layer in one["possible"]}
        assert not {layer["id"] for layer in one["layers"]} & {
            layer["id"] for layer in one["possible"]
        }, code


def test_batch_and_status_say_the_same_of_a_zip(client: FlaskClient, ask: Ask) -> None:
    for zip, *_ in ZIPS.values():
        body = {"items": [{"zip": zip}], "on": ON}
        [batched] = json_of(client.post("/api/v1/status/batch", json=body))["items"]

        alone = ask("/status", zip=zip, on=ON)
        assert batched["effective"] == alone["effective"]
        assert batched["warnings"] == alone["warnings"]


# --- Names. -------------------------------------------------------------------------------------

PLACES: dict[str, tuple[str, str | None]] = {
    "a world city": ("Bangkok", "TH"),
    "a city with its state": ("Nashville, TN", "US-TN"),
    "a country": ("Thailand", "TH"),
    "a capital district": ("Washington, DC", "US-DC"),
    "a city with a record": ("Columbus, MS", "US-MS-columbus"),
    "in Thai": ("กรุงเทพ", "TH"),
    "in Cyrillic": ("Москва", "RU"),
    "in Japanese": ("東京", "JP"),
    "with white space around it": ("  Bangkok\t", "TH"),
}


@pytest.mark.parametrize(("place", "decides"), PLACES.values(), ids=PLACES)
def test_a_name_that_fits_one_place_is_answered(ask: Ask, place: str, decides: str) -> None:
    answer = ask("/status", place=place, on=ON)

    assert answer["effective"]["governed_by"] == decides
    assert answer["query"]["place"] == place
    assert not any("was taken for" in warning for warning in answer["warnings"])


def test_a_city_without_limits_is_answered_for_its_middle_and_says_so(ask: Ask) -> None:
    answer = ask("/status", place="Nashville, TN")

    assert "middle of Nashville, Tennessee" in answer["warnings"][0]
    assert "US-TN-davidson-county" in ids(answer["layers"])


def test_a_misspelt_name_is_answered_with_a_warning(ask: Ask) -> None:
    answer = ask("/status", place="Nashvile, TN")

    assert answer["effective"] == ask("/status", place="Nashville, TN")["effective"]
    assert "“Nashvile, TN” was taken for Nashville, Tennessee" in answer["warnings"][0]


@pytest.mark.parametrize("place", ["Washington", "Georgia", "Springfield", "New York", "Bankok"])
def test_a_name_that_fits_several_is_answered_by_candidates_that_lead_on(
    client: FlaskClient, ask: Ask, place: str
) -> None:
    response = client.get("/api/v1/status", query_string={"place": place, "on": ON})

    assert response.status_code == 300
    assert response.mimetype == "application/json"
    body = response.get_json()
    assert body["query"]["place"] == place
    assert body["total"] >= len(body["candidates"]) >= 2
    assert len({one["label"] + one["url"] for one in body["candidates"]}) == len(body["candidates"])
    for one in body["candidates"]:
        answer = json_of(client.get(one["url"]))
        if one["jurisdiction"]:
            assert answer["query"]["jurisdiction"] == one["jurisdiction"]
            assert one["jurisdiction"] in ids(answer["layers"])
        else:
            assert one["country"] in ids(answer["layers"]), one["label"]


def test_a_state_and_the_places_of_its_name_are_all_candidates(client: FlaskClient) -> None:
    found = client.get("/api/v1/status?place=Georgia").get_json()["candidates"]

    assert [one["jurisdiction"] for one in found] == ["GE", "US-GA"]
    found = client.get("/api/v1/status?place=Washington").get_json()["candidates"]
    assert {"US-WA", "US-DC"} <= {one["jurisdiction"] for one in found}


@pytest.mark.parametrize(
    "place", ["zzzzqq", "   ", "\n", "a\x00b", "%", "<script>", "'; DROP", "x" * 200]
)
def test_a_name_that_fits_nothing_is_a_404(client: FlaskClient, place: str) -> None:
    assert_problem(client.get("/api/v1/status", query_string={"place": place}), 404, "place")


@pytest.mark.parametrize("place", ["", "x" * 201, "東" * 201])
def test_a_name_that_is_empty_or_too_long_is_refused(client: FlaskClient, place: str) -> None:
    assert_problem(client.get("/api/v1/status", query_string={"place": place}), 422, "place")


TWO_WAYS = ["zip=35203&place=Bangkok", "zip=35203&lat=1&lon=1", "place=Bangkok&jurisdiction=TH"]


@pytest.mark.parametrize("query", TWO_WAYS)
def test_two_ways_of_naming_a_location_are_refused(client: FlaskClient, query: str) -> None:
    response = client.get(f"/api/v1/status?{query}")

    assert response.status_code == 422
    assert set(response.get_json()["errors"]) & {part.split("=")[0] for part in query.split("&")}


@pytest.mark.parametrize("query", ["zip=35203&zip=35203", "place=Bangkok&place=Bangkok"])
def test_a_location_that_is_given_twice_is_refused(client: FlaskClient, query: str) -> None:
    assert_problem(client.get(f"/api/v1/status?{query}"), 422, query.split("=")[0])


# --- What holds of every answer. ----------------------------------------------------------------


@pytest.mark.parametrize("named", [{"zip": "35203"}, {"place": "Birmingham, AL"}])
def test_the_law_is_that_of_the_asked_day_and_of_what_was_known(
    ask: Ask, named: dict[str, str]
) -> None:
    now, before = (ask("/status", **named, on=day) for day in (ON, "2015-01-01"))

    assert now["effective"]["status"] == "prohibited"
    assert before["effective"]["status"] != "prohibited"
    assert (before["query"]["on"], before["query"]["known_at"]) == ("2015-01-01", None)
    assert {name: now["query"][name] for name in named} == named


@pytest.mark.parametrize("named", [{"zip": "35203"}, {"place": "Birmingham, AL"}])
def test_before_anything_was_on_record_nothing_was_known(ask: Ask, named: dict[str, str]) -> None:
    answer = ask("/status", **named, on=ON, known_at="2020-01-01T00:00:00Z")

    assert answer["query"]["known_at"] == "2020-01-01T00:00:00Z"
    assert answer["effective"]["status"] == "unknown"


ANSWERS = ["zip=35203", "place=Bangkok", "place=Springfield", "zip=42223&substance=7-oh"]


@pytest.mark.parametrize("query", ANSWERS)
def test_an_answer_is_kept_and_checked_by_its_etag(client: FlaskClient, query: str) -> None:
    first = client.get(f"/api/v1/status?{query}")
    again = client.get(f"/api/v1/status?{query}", headers={"If-None-Match": first.headers["ETag"]})
    other = client.get(f"/api/v1/status?{query}", headers={"If-None-Match": '"other"'})

    assert not first.headers["ETag"].startswith("W/")
    assert "max-age" in first.headers["Cache-Control"]
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert (other.status_code, other.data) == (first.status_code, first.data)


@pytest.mark.parametrize("query", [*ANSWERS, "zip=00000", "place=zzzzqq"])
def test_any_origin_may_read_the_answer_and_head_sends_its_headers_alone(
    client: FlaskClient, query: str
) -> None:
    got = client.get(f"/api/v1/status?{query}", headers={"Origin": "https://shop.example"})
    headed = client.head(f"/api/v1/status?{query}", headers={"Origin": "https://shop.example"})

    assert got.headers["Access-Control-Allow-Origin"] == "*"
    assert (headed.status_code, headed.data) == (got.status_code, b"")
    for name in ("Content-Type", "Content-Length", "Access-Control-Allow-Origin"):
        assert headed.headers[name] == got.headers[name]
    assert headed.headers.get("ETag") == got.headers.get("ETag")


def test_the_address_of_a_candidate_keeps_the_rest_of_the_question(client: FlaskClient) -> None:
    asked = {"place": "Springfield", "on": "2020-01-01", "substance": "7-oh"}
    body = client.get("/api/v1/status", query_string=asked).get_json()

    for candidate in body["candidates"]:
        query = json_of(client.get(candidate["url"]))["query"]
        assert (query["on"], query["substance"]) == ("2020-01-01", "7-oh")


def test_an_id_below_a_country_is_taken_for_itself(ask: Ask) -> None:
    assert ask("/status", place="US-AL")["effective"]["governed_by"] == "US-AL"
