"""Every error of the API is a problem document (RFC 9457) that names what is wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from regmap.domain.errors import DataProblem, RegmapError, StoreAway
from regmap.http.problems import STATUS_OF, status_of
from regmap.services.history import History
from regmap.services.lookup import Lookup
from regmap.settings import InvalidSetting
from tests.served import assert_problem

LONG = "A" * 10_000
POINT = "lat=33.5&lon=-86.8"

# Where a number is asked for: none of these is one.
NOT_NUMBERS = [
    "NaN", "nan", "inf", "-inf", "Infinity", "1_0", "1e1", "0x10", "１２", "٣", "", "+", ".", "1.",
    ".5", "1,5", "1 2", "%201", "1%20", "--1", "1%00", "12°", "null", "9" * 400, LONG,
]  # fmt: skip
# Where a day is asked for: none of these is one.
NOT_DAYS = [
    "2026-02-30", "2026-13-01", "2026-00-10", "0001-01-01", "9999-12-31", "1799-12-31",
    "2201-01-01", "20260102", "2026-1-2", "2026", "2026-05", "2026-05-01T00:00:00Z", "01-05-2026",
    "２０２６-05-01", "today", "", "2026-05-01%0A", "-2026-05-01", LONG,
]  # fmt: skip

BAD_POINTS = [
    *[(f"lat={value}&lon=0", "lat") for value in NOT_NUMBERS],
    *[(f"lat=0&lon={value}", "lon") for value in NOT_NUMBERS],
    ("lat=91&lon=0", "lat"),
    ("lat=-90.0000001&lon=0", "lat"),
    ("lat=0&lon=180.5", "lon"),
    ("lat=0&lon=-999", "lon"),
    ("lat=0&lng=181", "lon"),
    ("lat=1&lat=2&lon=3", "lat"),
    ("lat=1&lat=1&lon=3", "lat"),
    ("lat=1&lon=3&lon=3", "lon"),
    ("lat=1&lng=3&lng=3", "lng"),
    ("lat=1&lon=2&lng=2", "lng"),
    ("lat=1", "lon"),
    ("lon=1", "lat"),
    ("lng=1", "lat"),
    ("jurisdiction=TH&lat=1&lon=2", "jurisdiction"),
    ("jurisdiction=TH&lat=1", "jurisdiction"),
    ("jurisdiction=TH&jurisdiction=US", "jurisdiction"),
]

BAD_PARAMETERS = [
    *[("/status", f"{POINT}&on={day}", "on") for day in NOT_DAYS],
    *[
        ("/jurisdictions", f"page={page}", "page")
        for page in ("0", "-1", "1.0", "x", "", "１", "1e3")
    ],
    *[
        ("/jurisdictions", f"page_size={size}", "page_size")
        for size in ("0", "201", "1000000000", "-5", "", "all", "9" * 30)
    ],
    ("/changes", "page=0", "page"),
    ("/revisions", "page_size=1000000000", "page_size"),
    ("/status", f"{POINT}&on=2026-01-01&on=2026-01-01", "on"),
    ("/status", f"{POINT}&substance=tea", "substance"),
    ("/status", f"{POINT}&substance=", "substance"),
    ("/status", f"{POINT}&substance=KRATOM", "substance"),
    ("/status", f"{POINT}&substance={LONG}", "substance"),
    ("/status", f"{POINT}&known_at=2999-01-01", "known_at"),
    ("/status", f"{POINT}&known_at=yesterday", "known_at"),
    ("/status", f"{POINT}&known_at=2026-01-01T25:00:00Z", "known_at"),
    ("/status", f"{POINT}&known_at=2026-01-01T00:00:00", "known_at"),
    ("/status", f"{POINT}&colour=red", "colour"),
    ("/status", f"{POINT}&LAT=1", "LAT"),
    ("/jurisdictions", "level=planet", "level"),
    ("/jurisdictions", "level=", "level"),
    ("/jurisdictions", "level=state,,county", "level"),
    ("/jurisdictions", "level=state, county", "level"),
    ("/jurisdictions", "status=legal", "status"),
    ("/jurisdictions", "status=", "status"),
    ("/jurisdictions", "scope=everything", "scope"),
    ("/jurisdictions", "q=", "q"),
    ("/jurisdictions", f"q={LONG}", "q"),
    ("/jurisdictions", "substance=tea", "substance"),
    ("/jurisdictions", "bbox=1,2,3", "bbox"),
    ("/jurisdictions", "bbox=1,2,3,4,5", "bbox"),
    ("/jurisdictions", "bbox=0,10,1,5", "bbox"),
    ("/jurisdictions", "bbox=-181,0,1,5", "bbox"),
    ("/jurisdictions", "bbox=0,-91,1,5", "bbox"),
    ("/jurisdictions", "bbox=0,NaN,1,5", "bbox"),
    ("/jurisdictions/TH", "on=2026-02-30", "on"),
    ("/jurisdictions/TH", "substance=kratom", "substance"),
    ("/jurisdictions/TH/history", "substance=tea", "substance"),
    ("/jurisdictions/TH/history", "page=1", "page"),
    ("/jurisdictions/TH/boundary", "detail=huge", "detail"),
    ("/changes", "from=2026-02-30", "from"),
    ("/changes", "to=9999-01-01", "to"),
    ("/changes", "from=2026-01-02&to=2026-01-01", "to"),
    ("/changes", "substance=tea", "substance"),
    ("/changes", "level=planet", "level"),
    ("/changes", "start=2026-01-01", "start"),
    ("/map", "compare=2026-02-30", "compare"),
    ("/map", "format=kml", "format"),
    ("/map", "level=planet", "level"),
    ("/map", "substance=tea", "substance"),
    ("/map", "scope=some", "scope"),
    ("/corrections", "state=lost", "state"),
    ("/corrections", "state=", "state"),
    ("/corrections", "state=pending,", "state"),
    ("/corrections", "substance=tea", "substance"),
    ("/corrections", "page_size=201", "page_size"),
    ("/corrections", "colour=red", "colour"),
    ("/corrections/0", "colour=red", "colour"),
    ("/revisions", "since=never", "since"),
    ("/revisions", "since=-1", "since"),
    ("/revisions", "since=", "since"),
]

EVERY_PATH = [
    "/status?jurisdiction=TH&",
    "/jurisdictions?",
    "/jurisdictions/TH?",
    "/jurisdictions/TH/history?",
    "/jurisdictions/TH/boundary?",
    "/changes?",
    "/map?",
    "/codebook?",
    "/schemas/record.json?",
    "/revisions?",
    "/openapi.json?",
]

BAD_IDS = [
    "XX", "us-al", "US-ZZ", "US-AL%00", "%00", "..", "..%2F..%2Fetc%2Fpasswd", "%2e%2e%2fx", LONG,
    "US%0AAL", "%F0%9F%8D%83", "%ED%A0%80", "'%20OR%201=1", "<script>", "{}", "US-AL ", "*",
]  # fmt: skip


def _short(value: object) -> str:
    return str(value)[:40]


@pytest.mark.parametrize(("query", "field"), BAD_POINTS, ids=_short)
def test_a_spot_that_is_none_is_refused_by_name(
    client: FlaskClient, query: str, field: str
) -> None:
    assert_problem(client.get(f"/api/v1/status?{query}"), 422, field)


@pytest.mark.parametrize(("path", "query", "field"), BAD_PARAMETERS, ids=_short)
def test_a_bad_or_unknown_parameter_is_refused_by_name(
    client: FlaskClient, path: str, query: str, field: str
) -> None:
    assert_problem(client.get(f"/api/v1{path}?{query}"), 422, field)


@pytest.mark.parametrize("path", EVERY_PATH)
def test_no_part_of_the_api_passes_over_a_parameter_it_does_not_know(
    client: FlaskClient, path: str
) -> None:
    assert_problem(client.get(f"/api/v1{path}colour=red"), 422, "colour")


NAMES = (
    "lat lon lng zip place jurisdiction substance on known_at level parent status q bbox scope page"
    " page_size from to compare format detail since"
).split()
VALUES = st.one_of(
    st.text(max_size=20),
    st.from_regex(r"[0-9:TZ.,+-]{1,25}", fullmatch=True),
    st.sampled_from(["1", "-90", "180", "TH", "US-AL", "kratom", "7-oh", "2020-01-01", "state"]),
    st.datetimes().map(str),
    st.floats().map(str),
)


@settings(max_examples=300)
@given(
    path=st.sampled_from([path for path in EVERY_PATH if not path.startswith("/map")]),
    query=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4),
)
def test_no_query_makes_the_api_fail(app: Flask, path: str, query: dict[str, str]) -> None:
    response = app.test_client().get(f"/api/v1{path.split('?')[0]}", query_string=query)

    assert response.status_code in (200, 404, 422), response.get_data(as_text=True)
    if response.status_code == 422:
        assert set(response.get_json(force=True)["errors"]) <= {*query, *NAMES[:6]}


def test_all_that_is_wrong_is_named_at_once(client: FlaskClient) -> None:
    response = client.get("/api/v1/changes?from=x&to=y&page=0&page_size=0&level=z&colour=red")

    assert_problem(response, 422, "from", "to", "page", "page_size", "level", "colour")


def test_a_spot_is_missing_altogether(client: FlaskClient) -> None:
    assert_problem(client.get("/api/v1/status"), 422, "lat", "lon", "zip", "jurisdiction", "place")


@pytest.mark.parametrize("query", ["lat=-120.5&lon=38.9", "lat=139.7&lon=35.7", "lat=91&lng=1"])
def test_swapped_coordinates_get_a_hint(client: FlaskClient, query: str) -> None:
    body = assert_problem(client.get(f"/api/v1/status?{query}"), 422, "lat")

    assert "swapped" in body["errors"]["lat"][0]


def test_both_coordinates_out_of_range_get_no_hint(client: FlaskClient) -> None:
    body = assert_problem(client.get("/api/v1/status?lat=200&lon=200"), 422, "lat", "lon")

    assert "swapped" not in str(body)


def test_a_refused_code_is_told_which_there_are(client: FlaskClient) -> None:
    substance = client.get(f"/api/v1/status?{POINT}&substance=tea").get_json()
    level = client.get("/api/v1/map?level=planet").get_json()

    assert "kratom, 7-oh" in substance["errors"]["substance"][0]
    assert "country, state, territory" in level["errors"]["level"][0]


@pytest.mark.parametrize("bad", BAD_IDS, ids=_short)
@pytest.mark.parametrize("rest", ["", "/history", "/boundary"])
def test_an_id_that_is_none_is_not_found(client: FlaskClient, bad: str, rest: str) -> None:
    response = client.get(f"/api/v1/jurisdictions/{bad}{rest}")

    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert len(response.get_data()) < 1_000  # what was sent is not sent back whole


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/status?jurisdiction=", "jurisdiction"),
        ("/jurisdictions?parent=", "parent"),
        ("/changes?jurisdiction=", "jurisdiction"),
        ("/corrections?jurisdiction=", "jurisdiction"),
    ],
)
@pytest.mark.parametrize("bad", ["XX", "us", "", "..%2F", "US%00", LONG], ids=_short)
def test_an_unknown_id_in_a_query_is_not_found_and_named(
    client: FlaskClient, path: str, field: str, bad: str
) -> None:
    assert_problem(client.get(f"/api/v1{path}{bad}"), 404, field)


def test_a_boundary_that_is_not_loaded_is_not_found(client: FlaskClient) -> None:
    body = assert_problem(client.get("/api/v1/jurisdictions/AU-WA/boundary"), 404)

    assert "Western Australia" in body["detail"]


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/nope", "/api/v2/status"])
def test_an_unknown_path_of_the_api_is_a_problem_document(client: FlaskClient, path: str) -> None:
    assert_problem(client.get(path), 404)


def test_an_unknown_page_is_a_page(client: FlaskClient) -> None:
    response = client.get("/nope")

    assert (response.status_code, response.mimetype) == (404, "text/html")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
@pytest.mark.parametrize("path", [path.rstrip("?&") for path in EVERY_PATH])
def test_a_method_that_is_not_offered_is_refused_and_the_others_are_named(
    client: FlaskClient, path: str, method: str
) -> None:
    response = client.open(f"/api/v1{path}", method=method)

    assert_problem(response, 405)
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def _fail(*_: Any, **__: Any) -> Any:
    raise RuntimeError("secret: /var/lib/key")


@pytest.fixture
def broken_lookup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lookup, "at", _fail)


@pytest.mark.usefixtures("broken_lookup")
def test_a_crash_is_a_problem_document_that_gives_nothing_away(client: FlaskClient) -> None:
    response = client.get("/api/v1/status?jurisdiction=TH")

    assert_problem(response, 500)
    assert "secret" not in response.get_data(as_text=True)
    assert "Traceback" not in response.get_data(as_text=True)
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("broken_lookup")
def test_a_crash_is_logged_with_what_was_asked(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/api/v1/status?jurisdiction=TH")

    assert "GET /api/v1/status failed" in caplog.text
    assert "secret: /var/lib/key" in caplog.text


@pytest.mark.parametrize(
    ("kind", "status", "later"), [(StoreAway, 503, "5"), (DataProblem, 500, None)]
)
def test_a_store_that_is_away_is_a_503_and_one_that_is_broken_a_500(
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[DataProblem],
    status: int,
    later: str | None,
) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise kind("/srv/regmap.sqlite: disk I/O error")

    monkeypatch.setattr(History, "log", away)

    response = client.get("/api/v1/revisions?page=2&page_size=7")  # not kept by any test

    assert_problem(response, status)
    assert response.headers.get("Retry-After") == later
    assert "/srv" not in response.get_data(as_text=True)


def _kinds_of_error(base: type[RegmapError] = RegmapError) -> Iterator[type[RegmapError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds_of_error(kind)


NOT_SERVED = ("regmap.geo.build", "regmap.services.publishing")
"""What operators alone do, in the terminal."""


def test_every_error_that_a_request_can_raise_has_a_status(app: Flask) -> None:
    assert app.url_map  # whatever serving imports is imported now
    before_serving = {InvalidSetting}  # raised before there is an app
    reachable = {
        kind
        for kind in _kinds_of_error()
        if kind.__module__.startswith("regmap.")
        and not kind.__module__.startswith(NOT_SERVED)
        and kind not in before_serving
    }

    assert reachable == set(STATUS_OF)
    for kind in reachable:
        assert status_of(kind.__new__(kind)) == STATUS_OF[kind]


def test_the_boundary_build_is_no_part_of_the_served_app(app: Flask) -> None:
    named = {view.__module__ for view in app.view_functions.values()}

    assert not any(module.startswith("regmap.geo.build") for module in named)
    assert "regmap.api.status" in sys.modules
