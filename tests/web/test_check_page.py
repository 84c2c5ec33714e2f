"""``/check``: type anything, get the explained answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.served import HOSTILE, json_of
from tests.web.conftest import Attributes, Page

ON = "2026-06-01"


def _page(client: FlaskClient, status: int = 200, /, **query: Any) -> Page:
    response = client.get("/check", query_string=query)
    assert response.status_code == status
    assert response.mimetype == "text/html"
    page = Page(response.text)
    assert page.problems == []
    assert page.inline_scripts == []
    assert len(page.all("h1")) == 1
    return page


def _field(page: Page, id: str) -> Attributes:
    return next(one for one in page.all("input", "select") if one.get("id") == id)


def _links(page: Page, start: str) -> list[str]:
    return [href for one in page.all("a") if (href := one.get("href") or "").startswith(start)]


# --- Before anything is asked. ------------------------------------------------------------------


def test_the_start_has_a_form_and_examples_that_are_answered(client: FlaskClient) -> None:
    page = _page(client)

    form = next(one for one in page.all("form"))
    assert (form["method"], form["action"]) == ("get", "/check")
    examples = _links(page, "/check?q=")
    assert len(examples) >= 5
    for address in examples:
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("query", [{"q": ""}, {"q": "  ", "on": ""}, {"unheard": "of"}])
def test_an_empty_question_is_the_start(client: FlaskClient, query: dict[str, Any]) -> None:
    assert "What you can type" in _page(client, **query).text


# --- Answers. -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"q": "33.52,-86.81"}, ["Jefferson County, Alabama", "Prohibited", "decides: Alabama"]),
        ({"lat": "33.52", "lon": "-86.81"}, ["33.52, -86.81", "Prohibited", "1 June 2026"]),
        ({"lat": "33.52", "lng": "-86.81"}, ["33.52, -86.81", "Prohibited"]),
        ({"zip": "35203-1234"}, ["ZIP 35203 (Birmingham, Alabama)", "Prohibited"]),
        ({"place": "Columbus, MS"}, ["Columbus, Mississippi, United States", "Prohibited"]),
        ({"jurisdiction": "US-RI"}, ["Rhode Island", "people aged 21 or over", "1 April 2026"]),
        ({"q": "us-ri", "substance": "7-oh"}, ["7-OH is prohibited here"]),
        ({"q": "Bangkok"}, ["the middle of Bangkok", "Thailand"]),
        ({"q": "123 Main St, Columbus, MS 39701"}, ["The ZIP code 39701 was read", "street"]),
        ({"q": "PW"}, ["is not known", "Nobody should read this as lawful", "Unknown"]),
        ({"q": "0,-30"}, ["Outside every jurisdiction", "outside every jurisdiction that regmap"]),
    ],
)
def test_a_spot_is_answered_in_words(
    client: FlaskClient, query: dict[str, Any], said: list[str]
) -> None:
    text = _page(client, on=ON, **query).text

    for one in said:
        assert one in text, one
    assert "information about law, not legal advice" in text


def test_the_status_is_that_of_the_api(client: FlaskClient) -> None:
    for zip in ("35203", "39701", "42223", "96910", "20001"):
        answer = json_of(client.get(f"/api/v1/status?zip={zip}&on={ON}"))
        page = _page(client, zip=zip, on=ON)

        for layer in (*answer["layers"], *answer["possible"]):
            assert layer["jurisdiction"]["name"] in page.text
        for warning in answer["warnings"]:
            assert warning in page.text


def test_a_stricter_rule_that_may_hold_is_said_at_once(client: FlaskClient) -> None:
    text = _page(client, q="33.4957,-88.4273").text

    verdict, rest = text.split("This is information about law")[0:2]
    assert "What holds for certain: Regulated, from 21 years" in verdict
    assert "It may be stricter here: Prohibited" in verdict
    assert "Lowndes County, Columbus have stricter rules" in verdict
    assert "possible only" in rest


def test_where_nothing_stricter_is_possible_nothing_is_said_of_it(client: FlaskClient) -> None:
    text = _page(client, q="33.52,-86.81").text

    assert "may be stricter" not in text
    assert "for certain:" not in text


def test_unknown_is_never_said_as_lawful(client: FlaskClient) -> None:
    answer = _page(client, zip="96910", on=ON).text.split("How this was decided")[0]

    assert "Whether Kratom is lawful here is not known" in answer
    assert "is lawful here for" not in answer


def test_the_layers_stand_from_the_country_down_and_one_decides(client: FlaskClient) -> None:
    page = _page(client, jurisdiction="US-MS-columbus")
    text = page.text.split("How this was decided")[1]

    assert text.index("United States") < text.index("Mississippi") < text.index("Columbus")
    assert text.count("decides") >= 1
    deciding = [one for one in page.all("li") if "decides" in (one.get("class") or "").split()]
    assert len(deciding) == 1


def test_a_layer_says_what_is_inherited_and_what_is_pre_empted(client: FlaskClient) -> None:
    assert "as for Kratom itself" in _page(client, q="TH", substance="7-oh", on="2015-06-01").text


def test_a_border_close_by_is_told_with_its_distance(client: FlaskClient) -> None:
    text = _page(client, q="36.64,-87.45", on="2026-11-23").text

    assert "Close to a border" in text
    assert "km away: Unknown" in text


def test_possession_and_sale_are_told_apart(client: FlaskClient) -> None:
    assert "Possession illegal Sale illegal" in _page(client, q="US-AL").text
    assert "Possession not an offence Sale" in _page(client, q="US-MS").text


def test_the_sources_of_the_deciding_rule_are_linked(client: FlaskClient) -> None:
    answer = json_of(client.get("/api/v1/status?jurisdiction=US-RI"))
    period = answer["layers"][-1]["period"]
    page = _page(client, q="US-RI")

    assert period["sources"]
    for source in period["sources"]:
        [link] = [one for one in page.all("a") if one.get("href") == source["url"]]
        assert link["rel"] == "noopener nofollow"


def test_the_other_substance_stands_beside(client: FlaskClient) -> None:
    page = _page(client, q="39701")

    assert "7-OH at the same spot" in page.text
    assert any("substance=7-oh" in address for address in _links(page, "/check"))


# --- Time. --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2019-06-01", "As the law stood on 1 June 2019"),
        ("2100-01-01", "As announced for 1 January 2100"),
    ],
)
def test_another_day_is_named_as_such(client: FlaskClient, on: str, said: str) -> None:
    assert said in _page(client, q="US-RI", on=on).text


def test_what_held_before_is_listed_with_links_to_its_days(client: FlaskClient) -> None:
    page = _page(client, q="US-RI", on=ON)

    for address in [one for one in _links(page, "/check") if "on=20" in one]:
        assert client.get(address).status_code == 200
    assert any("on=2017-01-01" in one for one in _links(page, "/check"))
    assert "Prohibited" in _page(client, q="US-RI", on="2019-06-01").text.split("How this")[0]


def test_bills_are_not_shown_for_the_past(client: FlaskClient) -> None:
    assert "Pending bills" in _page(client, q="US-MS").text
    assert "Pending bills" not in _page(client, q="US-MS", on="2015-01-01").text


# --- Links. -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", [{"q": "39701"}, {"q": "Bangkok"}, {"q": "33.52,-86.81"}, {"q": "US-RI"}]
)
def test_the_answer_links_to_itself_to_its_data_and_to_the_map(
    client: FlaskClient, query: dict[str, Any]
) -> None:
    page = _page(client, **query, lang="en")

    [data] = _links(page, "/api/v1/status?")
    answer = json_of(client.get(data))
    permanent = next(one for one in _links(page, "/check?") if "substance=kratom&on=" in one)
    assert "lang=en" in permanent
    assert answer["effective"]["governed_by"] or answer["effective"]["status"] == "unknown"
    again = Page(client.get(permanent).text)
    assert again.text.split("How this was decided")[1] == page.text.split("How this was decided")[1]
    shown = next(parse_qs(urlsplit(one).query) for one in _links(page, "/?view="))
    lat, lon, zoom = shown["view"][0].split(",")
    assert -90 <= float(lat) <= 90
    assert -180 <= float(lon) <= 180
    assert 3 <= int(zoom) <= 12
    assert shown["focus"][0] in [layer["jurisdiction"]["id"] for layer in answer["layers"]]
    assert any("jurisdiction=" in one for one in _links(page, "/corrections/new?"))


def test_a_form_on_the_answer_keeps_what_was_asked(client: FlaskClient) -> None:
    page = _page(client, q="Columbus, MS", substance="7-oh", lang="en")

    assert _field(page, "q")["value"] == "Columbus, MS"
    hidden = {one["name"]: one["value"] for one in page.all("input") if one.get("type") == "hidden"}
    assert hidden == {"q": "Columbus, MS", "substance": "7-oh", "lang": "en"}


# --- Choices, and what cannot be answered. ------------------------------------------------------


def test_a_name_that_fits_several_is_a_list_to_choose_from(client: FlaskClient) -> None:
    page = _page(client, 300, q="columbus", substance="7-oh", on=ON)

    assert "15 places fit what you typed" in page.text
    offered = [one for one in _links(page, "/check?") if "jurisdiction=" in one or "lat=" in one]
    assert len(offered) == 15
    for address in offered:
        assert f"on={ON}" in address
        assert "substance=7-oh" in address
        chosen = client.get(address)
        assert chosen.status_code == 200
        assert "Columbus, " in Page(chosen.text).text.split("How this was decided")[0]


def test_a_town_chosen_from_several_keeps_its_name(client: FlaskClient) -> None:
    page = _page(client, 300, q="Springfield")
    address = next(one for one in _links(page, "/check?") if "Illinois" in one)

    text = Page(client.get(address).text).text
    assert "the middle of Springfield, Illinois" in text


def test_a_name_with_coordinates_elsewhere_is_not_believed(client: FlaskClient) -> None:
    text = _page(client, q="Bangkok", lat="33.52", lon="-86.81").text

    assert "Bangkok" not in text
    assert "Alabama" in text


BAD: list[tuple[dict[str, str], int, str, str]] = [
    ({"q": "qwertzuiopasdf"}, 404, "q", "No place of that name is known."),
    ({"q": "00000"}, 404, "q", "No ZIP code 00000 is known."),
    ({"zip": "00000"}, 404, "q", "No ZIP code 00000 is known."),
    ({"jurisdiction": "XX-YY"}, 404, "q", "No jurisdiction has the id"),
    ({"q": "3970"}, 422, "q", "was a leading zero lost"),
    ({"q": "-118.2,34.05"}, 422, "q", "Latitude: Must be from -90 to 90 degrees. Are lat and lon"),
    ({"lat": "33"}, 422, "q", "Longitude: Is missing"),
    ({"lat": "x", "lon": "1"}, 422, "q", "Latitude: Not a plain decimal number"),
    ({"lat": "1", "lon": "1", "zip": "39701"}, 422, "q", "one of them"),
    ({"q": "A" * 10_000}, 422, "q", "Longer than 200 characters."),
    ({"q": "39701", "on": "2026-02-30"}, 422, "on", "is not a day of the calendar"),
    ({"q": "39701", "substance": "tea"}, 422, "substance", "Must be one of kratom, 7-oh."),
]


@pytest.mark.parametrize(("query", "status", "field", "why"), BAD)
def test_what_cannot_be_answered_is_said_at_its_field(
    client: FlaskClient, query: dict[str, str], status: int, field: str, why: str
) -> None:
    page = _page(client, status, **query)

    [wrong] = [one for one in page.all("input", "select") if one.get("aria-invalid") == "true"]
    assert wrong["id"] == field
    described = wrong["aria-describedby"]
    assert any(attributes.get("id") == described for _, attributes in page.elements)
    assert why in page.text
    assert "q" not in query or _field(page, "q")["value"] == query["q"][:200]


def test_an_unfinished_name_is_a_choice_of_what_begins_like_it(client: FlaskClient) -> None:
    page = _page(client, 300, q="birmingh")

    [address] = [one for one in _links(page, "/check?") if "Alabama" in one]
    assert client.get(address).status_code == 200


def test_a_name_taken_for_another_is_told(client: FlaskClient) -> None:
    assert "“Nashvile, TN” was taken for Nashville" in _page(client, q="Nashvile, TN").text


@pytest.mark.parametrize("name", ["q", "place", "zip", "jurisdiction", "lat", "on", "substance"])
@pytest.mark.parametrize(
    "text", [HOSTILE, '"><img src=x onerror=alert(1)>', "\u202e{{7*7}}\x00", "%(place)s%s{0}"]
)
def test_hostile_text_is_shown_as_text_alone(client: FlaskClient, name: str, text: str) -> None:
    response = client.get("/check", query_string={name: text})
    page = Page(response.text)

    assert response.status_code in (404, 422)
    assert "<script>alert" not in response.text
    assert page.problems == []
    assert page.inline_scripts == []
    assert page.all("img") == []
    assert not any("onerror" in attributes for _, attributes in page.elements)
    version = client.get("/readyz").get_json()["data_version"]  # may hold any digits
    assert "49" not in page.text.replace(text, "").replace(version, "")


def test_an_answer_can_be_kept_for_a_moment_and_an_error_cannot(client: FlaskClient) -> None:
    assert "s-maxage=60" in client.get("/check?q=39701").headers["Cache-Control"]
    assert client.get("/check?q=qwertzuiopasdf").headers["Cache-Control"] == "no-store"
