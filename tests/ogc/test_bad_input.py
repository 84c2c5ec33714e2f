"""Whatever cannot be used is refused with 400, and the parameter named; nothing is ignored."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.ogc.conftest import ITEMS
from tests.served import assert_problem

BOXES = [
    "",
    "1",
    "1,2,3",
    "1,2,3,4,5",
    "1,2,3,4,5,6,7",
    "1,2,3,",
    "a,b,c,d",
    "nan,0,1,1",
    "inf,0,1,1",
    "1e999,0,1,1",
    "1_0,0,11,1",
    "٣,0,4,1",
    "0,10,1,5",
    "0,10,0,1,5,0",
    "0,0,nan,1,1,0",
    "0,0,0,1,1,x",
    "-181,0,1,1",
    "0,0,180.1,1",
    "0,-91,1,1",
    "0,0,1,90.5",
    "0,0,1,1;DROP TABLE",
]
TIMES = [
    "",
    "/",
    "..",
    "../..",
    "../",
    "/..",
    "2020",
    "2020-01",
    "2020-13-01",
    "2020-02-30",
    "20200101",
    "2020-01-01T00:00:00",
    "2020-01-01 00:00:00Z",
    "2020-01-01T24:00:00Z",
    "2020-01-01T00:61:00Z",
    "2020-01-01T00:00:61Z",
    "2020-01-01T00:00:00+25:00",
    "2020-01-01T00:00Z",
    "2021-01-01/2020-01-01",
    "2020-01-01T12:00:00Z/2020-01-01T11:59:59Z",
    "2020-01-01T12:00:00Z/2020-01-01T12:00:00+01:00",
    "2020-01-01/2020-02-01/2020-03-01",
    "2020-01-01/x",
    "x/..",
    "0001-01-01",
    "9999-12-31",
    "２０２０-01-01",
    "now",
]
NUMBERS = ["", "0", "-1", "1.5", "ten", "1e3", "+5", " 5", "²", "0x10", "9" * 101]
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/4326"
OTHERS = [
    ("offset", "-1"),
    ("offset", ""),
    ("offset", "1.0"),
    ("offset", "9" * 101),
    ("level", "village"),
    ("level", "county,"),
    ("status", "legal"),
    ("substance", "coffee"),
    ("substance", ""),
    ("on", "2020"),
    ("on", "2020-02-30"),
    ("known_at", "yesterday"),
    ("known_at", "2199-01-01"),
    ("f", "xml"),
    ("f", ""),
    ("crs", EPSG),
    ("bbox-crs", EPSG),
    ("crs", ""),
    ("Limit", "1"),
    ("filter", "status='prohibited'"),
    ("lang", "es"),
    ("name", "Texas"),
]
CASES = [
    *(("bbox", text) for text in BOXES),
    *(("datetime", text) for text in TIMES),
    *(("limit", text) for text in NUMBERS),
    *OTHERS,
]


@pytest.mark.parametrize(("name", "text"), CASES)
def test_a_parameter_that_cannot_be_used_is_named(
    client: FlaskClient, name: str, text: str
) -> None:
    response = client.get(ITEMS, query_string={name: text})

    assert_problem(response, 400, name)


@pytest.mark.parametrize(
    "path",
    [
        "/ogc",
        "/ogc/",
        "/ogc/conformance",
        "/ogc/api",
        "/ogc/collections",
        "/ogc/collections/jurisdictions",
        f"{ITEMS}/US-TN",
    ],
)
@pytest.mark.parametrize("name", ["limit", "bbox", "datetime", "nonsense"])
def test_no_address_takes_parameters_that_it_does_not_know(
    client: FlaskClient, path: str, name: str
) -> None:
    assert_problem(client.get(path, query_string={name: "1"}), 400, name)


def test_a_parameter_given_twice_is_refused(client: FlaskClient) -> None:
    response = client.get(f"{ITEMS}?bbox=0,0,1,1&bbox=5,5,6,6")

    assert_problem(response, 400, "bbox")


def test_a_day_and_a_time_exclude_each_other(client: FlaskClient) -> None:
    response = client.get(f"{ITEMS}?on=2020-01-01&datetime=2020-01-01")

    assert_problem(response, 400, "on")


def test_every_unknown_parameter_is_named_at_once(client: FlaskClient) -> None:
    assert_problem(client.get(f"{ITEMS}?a=1&b=2&limit=1"), 400, "a", "b")


@pytest.mark.parametrize(
    "path",
    [
        "/ogc/nonsense",
        "/ogc/collections/countries",
        "/ogc/collections/countries/items",
        "/ogc/collections/countries/items/US",
        "/ogc/collections/Jurisdictions",
        "/ogc/collections/jurisdictions/items/US-TN/more",
    ],
)
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert_problem(client.get(path), 404)


@pytest.mark.parametrize("id", ["XX", "us-tn", "US-TN-", "%00", "../US", "é" * 200])
def test_an_unknown_feature_is_not_found(client: FlaskClient, id: str) -> None:
    response = client.get(f"{ITEMS}/{id}")

    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["/ogc", ITEMS])
def test_nothing_can_be_written(client: FlaskClient, path: str) -> None:
    response = client.post(path, json={})

    assert_problem(response, 405)
    assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize("path", ["/ogc", "/ogc/api", ITEMS, f"{ITEMS}/US"])
def test_a_host_that_is_none_makes_no_links(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Host": 'evil"<script>'})

    assert_problem(response, 400)
