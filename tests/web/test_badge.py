"""The badge: a small picture that any site may show, and that never promises too much."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.domain.colours import contrast
from regmap.domain.vocabulary import STATUSES, Status
from regmap.web.badge import badge_cells
from tests.served import (
    HOSTILE,
    copied_database,
    hostile_edits,
    make_app,
    record_edits,
    shared_folder,
)

SVG = "{http://www.w3.org/2000/svg}"


def drawn(client: FlaskClient, address: str) -> ElementTree.Element:
    response = client.get(f"/jurisdictions/{address}")
    assert response.status_code == 200, response.text
    return ElementTree.fromstring(response.get_data())


def texts(svg: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{SVG}text")]


def test_it_says_what_where_how_and_when(client: FlaskClient) -> None:
    svg = drawn(client, "US-RI/badge.svg?on=2026-05-01")

    assert texts(svg)[0] == "Kratom in Rhode Island"
    assert texts(svg)[1].startswith("Regulated, from 21 years")
    assert texts(svg)[2] == "as of 1 May 2026"
    title = svg.find(f"{SVG}title")
    assert title is not None
    assert title.text == f"{texts(svg)[0]}: {texts(svg)[1]}, {texts(svg)[2]}"


def test_it_tells_the_asked_substance_on_the_asked_day(client: FlaskClient) -> None:
    svg = drawn(client, "US-RI/badge.svg?substance=7-oh&on=2020-01-01")

    assert texts(svg) == ["7-OH in Rhode Island", "Prohibited", "as of 1 January 2020"]


def test_it_speaks_the_asked_language(client: FlaskClient) -> None:
    response = client.get("/jurisdictions/DE/badge.svg?lang=es")

    assert response.headers["Content-Language"] == "es"
    assert "Alemania" in response.text


def test_rules_below_that_are_stricter_are_not_kept_quiet(client: FlaskClient) -> None:
    assert "stricter in parts" in texts(drawn(client, "US-MS/badge.svg?on=2026-05-01"))[1]


def test_unknown_is_hatched(client: FlaskClient) -> None:
    svg = drawn(client, "CU/badge.svg")

    assert texts(svg)[1] == "Unknown"
    fills = [one.get("fill") for one in svg.iter(f"{SVG}rect")]
    assert "url(#h)" in fills


@pytest.mark.parametrize("status", STATUSES)
def test_every_text_can_be_read_on_its_ground(status: Status) -> None:
    for cell in badge_cells(["what", "status", "when"], status):
        assert contrast(cell.ink, cell.fill) >= 4.5


def test_the_cells_stand_side_by_side_and_are_as_wide_as_their_texts() -> None:
    what, status, when = badge_cells(["Kratom in Mississippi", "iii", "WWW"], Status.REGULATED)

    assert (what.x, status.x, when.x) == (0, what.width, what.width + status.width)
    assert what.width > when.width > status.width


@pytest.mark.parametrize("text", ["", "木" * 500, "é" * 10_000, "\u0301" * 90])
def test_any_text_fits(text: str) -> None:
    cells = badge_cells([text] * 3, Status.UNKNOWN)

    assert all(cell.text_width > 0 for cell in cells)
    assert cells[-1].x + cells[-1].width < 3_000


def test_any_site_may_show_it_and_caches_may_keep_it(client: FlaskClient) -> None:
    response = client.get("/jurisdictions/US-RI/badge.svg")

    assert response.mimetype == "image/svg+xml"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age" in response.headers["Cache-Control"]
    again = client.get(
        "/jurisdictions/US-RI/badge.svg", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("XX/badge.svg", 404),
        ("US/badge.svg?substance=tea", 422),
        ("US/badge.svg?on=2026-02-30", 422),
        ("US/badge.svg?lang=xx", 422),
    ],
)
def test_bad_input_is_an_error(client: FlaskClient, address: str, status: int) -> None:
    assert client.get(f"/jurisdictions/{address}").status_code == status


def test_hostile_names_stay_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("badge"))
    record_edits(database, hostile_edits("CI", "country", None))
    app: Flask = make_app(database, Path(shared_folder(tmp_path_factory) / "cache"))

    svg = drawn(app.test_client(), "CI/badge.svg")

    title = svg.find(f"{SVG}title")
    assert title is not None
    assert HOSTILE in (title.text or "")
    assert {one.tag.removeprefix(SVG) for one in svg.iter()} == {
        "svg", "title", "defs", "clipPath", "pattern", "g", "rect", "text", "path",
    }  # fmt: skip
