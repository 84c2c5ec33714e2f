"""``/map.svg``: whole, well-formed, told in words, and what the map says."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from regmap.domain.vocabulary import STATUSES, Status
from tests.served import (
    HOSTILE,
    copied_database,
    hostile_edits,
    json_of,
    make_app,
    record_edits,
    shared_folder,
)
from tests.web.conftest import Page

SVG = "{http://www.w3.org/2000/svg}"
DAY = "on=2026-11-23"
FOCUSES = ["world", "US", "US-MS", "US-AK", "FJ", "RU", "TH", "US-PR", "VA", "KI"]


def picture(client: FlaskClient, query: str = "") -> ElementTree.Element:
    response = client.get(f"/map.svg?{query}")
    assert response.status_code == 200, response.get_data(as_text=True)[:500]
    assert response.mimetype == "image/svg+xml"
    return ElementTree.fromstring(response.get_data())


def texts(svg: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{SVG}text")]


def words(svg: ElementTree.Element) -> str:
    return " ".join(texts(svg))


def paints(svg: ElementTree.Element) -> list[str]:
    return [
        one.get("fill", "")
        for kind in ("path", "circle")
        for one in svg.iter(f"{SVG}{kind}")
        if one.get("fill") not in (None, "none", "#FFF")
    ]


@pytest.mark.parametrize("focus", FOCUSES)
def test_a_picture_says_what_it_shows_and_asks_nobody_for_anything(
    client: FlaskClient, focus: str
) -> None:
    response = client.get(f"/map.svg?{DAY}&focus={focus}&width=480")
    svg = ElementTree.fromstring(response.get_data())
    text = response.get_data(as_text=True)

    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title")
    assert "23 November 2026" in (svg.findtext(f"{SVG}desc") or "")
    assert "23 November 2026" in words(svg)
    assert "never means lawful" in words(svg)
    assert "CC BY 4.0" in words(svg)
    assert text.count("http") == 1  # the name space
    assert not re.search(r"<(script|image|style|a|use|foreignObject)\b|\bon\w+=", text)


@pytest.mark.parametrize("focus", FOCUSES)
def test_every_paint_of_a_picture_is_in_it(client: FlaskClient, focus: str) -> None:
    text = client.get(f"/map.svg?focus={focus}&width=480").get_data(as_text=True)
    fills = {entry.fill for entry in STATUSES.values()}

    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(
        re.findall(r'pattern id="([^"]+)"', text)
    )
    assert {"NaN", "None", "Undefined"}.isdisjoint(re.findall(r"\w+", text))
    assert fills & set(re.findall(r"#[0-9A-F]{6}", text))


def test_the_statuses_are_those_of_the_map(client: FlaskClient) -> None:
    features = json_of(client.get(f"/api/v1/map?{DAY}&level=country,territory,state,district"))
    wanted = dict.fromkeys(map(str, STATUSES), 0)
    for feature in features["features"]:
        if feature["id"].startswith("US-"):
            wanted[feature["properties"]["status"]] += 1
    shown = words(picture(client, f"{DAY}&focus=US"))

    for status, count in wanted.items():
        assert f"{STATUSES[Status(status)].label}: {count}" in shown


def test_unknown_is_hatched_and_never_looks_lawful(client: FlaskClient) -> None:
    svg = picture(client, f"{DAY}&focus=VA&width=300")

    assert "Unknown: Vatican City" in words(svg)
    assert "url(#unknown)" in paints(svg)
    assert STATUSES[Status.UNREGULATED].fill not in paints(svg)


def test_local_rules_are_drawn_and_named(client: FlaskClient) -> None:
    svg = picture(client, f"{DAY}&focus=US-MS&width=1200")

    assert svg.findtext(f"{SVG}title") == "Kratom in Mississippi"
    assert {"Oxford", "Lowndes County", "Alabama"} <= set(texts(svg))
    assert "local" in words(svg)


def test_a_town_without_limits_is_a_dot_with_its_state_in_the_title(client: FlaskClient) -> None:
    svg = picture(client, "focus=US-MS-columbus&width=400")

    assert svg.findtext(f"{SVG}title") == "Kratom in Columbus, Mississippi"
    assert "Columbus" in texts(svg)
    assert list(svg.iter(f"{SVG}circle"))


def test_small_states_are_listed_beside_the_map(client: FlaskClient) -> None:
    listed = words(picture(client, f"{DAY}&focus=US"))

    for name in ("District of Columbia", "Rhode Island", "Delaware", "Guam", "American Samoa"):
        assert f"{name}: " in listed


def test_two_days_are_compared_by_pattern_and_in_words(client: FlaskClient) -> None:
    svg = picture(client, "focus=US&on=2026-01-01&compare=2020-01-01")

    assert "What changed from 1 January 2020 to 1 January 2026" in words(svg)
    assert {"url(#tightened)", "#E4E9EC"} <= set(paints(svg))
    assert re.search(r"Tightened: [1-9]", words(svg))


def test_what_stayed_unknown_is_not_called_unchanged(client: FlaskClient) -> None:
    shown = words(picture(client, "focus=VA&on=2026-01-01&compare=2020-01-01&width=300"))

    assert "Unknown: Vatican City" in shown
    assert "Unchanged" not in shown


@pytest.mark.parametrize(
    ("query", "limit"), [("width=1200", 250_000), ("focus=TH&width=480", 60_000)]
)
def test_a_picture_is_small_enough_to_send(client: FlaskClient, query: str, limit: int) -> None:
    assert len(client.get(f"/map.svg?{query}").get_data()) < limit


@pytest.mark.parametrize("width", [240, 1200, 2000])
def test_a_picture_is_as_wide_as_asked_for(client: FlaskClient, width: int) -> None:
    assert picture(client, f"focus=TH&width={width}").get("width") == str(width)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("width=239", "width"),
        ("width=2001", "width"),
        ("width=wide", "width"),
        ("width=٣٠٠", "width"),
        ("width=1e3", "width"),
        ("on=2026-02-30", "on"),
        ("compare=yesterday", "compare"),
        ("substance=tea", "substance"),
        ("lang=xx", "lang"),
    ],
)
def test_a_bad_parameter_is_named(client: FlaskClient, query: str, field: str) -> None:
    response = client.get(f"/map.svg?{query}")

    assert response.status_code == 422
    assert field in Page(response.get_data(as_text=True)).text


@pytest.mark.parametrize("focus", ["XX", "../etc", "US-AL-nowhere"])
def test_an_unknown_focus_is_not_found(client: FlaskClient, focus: str) -> None:
    response = client.get(f"/map.svg?focus={focus}")

    assert response.status_code == 404
    assert "focus" in Page(response.get_data(as_text=True)).text


def test_a_jurisdiction_that_nobody_can_place_has_no_picture(client: FlaskClient) -> None:
    response = client.get("/map.svg?focus=AU-NSW")

    assert response.status_code == 404
    assert "New South Wales" in response.get_data(as_text=True)


def test_other_sites_may_show_it_and_nothing_runs_in_it(client: FlaskClient) -> None:
    headers = client.get("/map.svg?focus=FJ&width=300").headers

    assert headers.getlist("Access-Control-Allow-Origin") == ["*"]
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers.getlist("Content-Security-Policy") == [
        "default-src 'none'; style-src 'unsafe-inline'"
    ]
    assert "Content-Disposition" not in headers


def test_it_is_kept_by_its_etag(client: FlaskClient) -> None:
    def ask(etag: str | None = None) -> TestResponse:
        headers = {"If-None-Match": etag} if etag else {}
        return client.get("/map.svg?focus=FJ&width=300", headers=headers)

    first = ask()

    assert ask(first.headers["ETag"]).status_code == 304
    assert ask().get_data() == first.get_data()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("on=2026-01-01", "kratom-world-2026-01-01.svg"),
        ("on=2026-01-01&compare=2020-01-01&focus=US", "kratom-US-2020-01-01-2026-01-01.svg"),
        ("on=2026-01-01&focus=FJ&substance=7-oh", "7-oh-FJ-2026-01-01.svg"),
    ],
)
def test_a_download_has_a_speaking_name(client: FlaskClient, query: str, name: str) -> None:
    headers = client.get(f"/map.svg?{query}&width=300&download=1").headers

    assert headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_names_of_countries_are_said_in_the_language_asked_for(client: FlaskClient) -> None:
    svg = picture(client, "focus=DE&width=400&lang=es")

    assert svg.get("lang") == "es"
    assert "Alemania" in (svg.findtext(f"{SVG}title") or "")


@pytest.fixture(scope="module")
def hostile_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The real data, with hostile text in Ivory Coast."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("hostile-picture"))
    record_edits(database, hostile_edits("CI", "country", None))
    return make_app(database, Path(shared_folder(tmp_path_factory) / "cache"))


def test_hostile_text_is_text_in_a_picture(hostile_app: Flask) -> None:
    client = hostile_app.test_client()
    response = client.get("/map.svg?focus=CI&width=900")
    svg = ElementTree.fromstring(response.get_data())

    assert HOSTILE[:60] in (svg.findtext(f"{SVG}title") or "")
    assert "<script" not in response.get_data(as_text=True)
    assert {one.tag.removeprefix(SVG) for one in svg.iter()}.isdisjoint({"script", "img", "image"})
