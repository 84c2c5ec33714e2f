"""Files of the whole data set: other people's programs read in them what the API answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from regmap.services.exports import shelf
from regmap.services.exports.columns import Table
from regmap.services.exports.files import Form
from tests.api.conftest import Ask
from tests.served import assert_problem
from tests.services.exports.reading import Row, read, shapes_of

PAST = "2018-06-01"
KRATOM_THERE = ("US-AL", "US-TN", "TH", "US-MS-columbus", "US-FL-sarasota-county", "AU", "CU")
EVERY = [
    (form, table, on)
    for form, table, on in product(Form, Table, (None, PAST))
    if not (table is Table.RECORDS and on)  # a record is of no day
]


def question(table: Table, on: str | None = None, **more: str) -> dict[str, str]:
    return {"table": table.value, **({"on": on} if on else {}), **more}


def kept(response: TestResponse, folder: Path, form: Form) -> Path:
    """The file of an answer that must have gone well."""
    assert response.status_code == 200, response.get_data(as_text=True)[:500]
    file = folder / f"answer.{form}"
    file.write_bytes(response.get_data())
    return file


@lru_cache
def listed(app: Flask, on: str | None) -> Mapping[tuple[str, str], dict[str, Any]]:
    """What ``/jurisdictions`` says of each jurisdiction and substance."""
    found = {}
    client, page = app.test_client(), 1
    while True:
        query = {"page_size": 200, "page": page, **({"on": on} if on else {})}
        answer = client.get("/api/v1/jurisdictions", query_string=query).get_json()
        for item in answer["items"]:
            for one in item["statuses"]:
                found[item["id"], one["substance"]] = {**one, "item": item}
        if page * 200 >= answer["total"]:
            return found
        page += 1


@lru_cache
def recorded(app: Flask) -> Mapping[tuple[str, str], dict[str, Any]]:
    """What ``/jurisdictions/{id}/history`` says of each record."""
    client, found = app.test_client(), {}
    for id, substance in listed(app, None):
        path = f"/api/v1/jurisdictions/{id}/history"
        answer = client.get(path, query_string={"substance": substance}).get_json()
        if answer["revisions"]:
            found[id, substance] = answer
    return found


@lru_cache
def changed(app: Flask) -> list[dict[str, Any]]:
    """What ``/changes`` says, both kinds."""
    client, page, found = app.test_client(), 1, []
    while True:
        query = {"type": "law_changed,record_corrected", "page_size": 200, "page": page}
        answer = client.get("/api/v1/changes", query_string=query).get_json()
        found += answer["items"]
        if len(found) >= answer["total"]:
            return found
        page += 1


def check_statuses(rows: list[Row], app: Flask, on: str | None) -> None:
    said = listed(app, on)
    assert [(row["jurisdiction"], row["substance"]) for row in rows] == list(said)
    same = ("status", "min_age", "governed_by", "own_rule", "confidence", "verified")
    for row in rows:
        one = said[row["jurisdiction"], row["substance"]]
        assert {name: row[name] for name in same} == {name: one[name] for name in same}
        place = {name: row[name] for name in ("name", "level", "parent")}
        assert place == {name: one["item"][name] for name in place}
        codes = {name: row[name] for name in ("iso3166", "fips", "geoid", "ocd_id")}
        assert codes == {name: one["item"]["codes"].get(name) for name in codes}
    by_key = {(row["jurisdiction"], row["substance"]): row for row in rows}
    for id in KRATOM_THERE:
        query = {"jurisdiction": id, **({"on": on} if on else {})}
        answer = app.test_client().get("/api/v1/status", query_string=query).get_json()
        row, held = by_key[id, "kratom"], answer["effective"]
        coming = held["next_change"] or {}
        assert row["strictest_possible"] == held["strictest_possible"]
        assert row["warnings"] == answer["warnings"]
        assert {name: row[name] for name in ("summary", "since")} == {
            name: held[name] for name in ("summary", "since")
        }
        assert row["next_change"] == coming.get("effective")
        assert row["next_status"] == coming.get("status")
        deciding = [
            layer
            for layer in answer["layers"]
            if held["governed_by"] is not None
            and layer["jurisdiction"]["id"] == held["governed_by"]
        ]
        for layer in deciding:
            assert row["possession"] == layer["period"]["possession"]
            assert row["sale"] == layer["period"]["sale"]


def periods_said(app: Flask, on: str | None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for (id, substance), told in recorded(app).items():
        for period in told["periods"]:
            start, end = (period[name] or "" for name in ("from", "to"))
            day = on or ""
            if not on or (
                (not start or f"{start}-01-01"[:10] <= day)
                and (not end or day < f"{end}-01-01"[:10])
            ):
                yield id, substance, period


def check_periods(rows: list[Row], app: Flask, on: str | None) -> None:
    said = list(periods_said(app, on))
    assert len(rows) == len(said) > 100
    for row, (id, substance, period) in zip(rows, said, strict=True):
        assert (row["jurisdiction"], row["substance"]) == (id, substance)
        plain = {name: value for name, value in period.items() if name in row}
        plain["ended_by"] = [period["ended_by"]] if period.get("ended_by") else []
        assert {name: row[name] for name in plain} == plain
        rules = {name: value for name, value in row.items() if name.startswith("rule_")}
        told = {f"rule_{name}": value for name, value in period["rules"].items()}
        assert {name: value for name, value in rules.items() if value is not None} == told


def check_records(rows: list[Row], app: Flask, on: str | None) -> None:
    said = recorded(app)
    assert [(row["jurisdiction"], row["substance"]) for row in rows] == list(said)
    for row, told in zip(rows, said.values(), strict=True):
        assert row["periods"] == len(told["periods"])
        same = ("evidence_as_of", "note", "pending")
        assert {name: row[name] for name in same} == {name: told[name] for name in same}
        assert row["revision"] == told["revisions"][-1]["revision"]


def check_changes(rows: list[Row], app: Flask, on: str | None) -> None:
    said = [one for one in changed(app) if not on or f"{one['effective']}-01-01"[:10] <= on]
    assert len(rows) == len(said) > 20
    same = (
        "type", "substance", "effective", "until", "direction", "before", "after",
        "effective_before", "effective_after", "summary", "citation", "sources", "revision",
    )  # fmt: skip
    told = [{"jurisdiction": x["jurisdiction"]["id"], **{n: x[n] for n in same}} for x in said]
    found = [{name: row[name] for name in ("jurisdiction", *same)} for row in rows]

    def key(one: dict[str, Any]) -> tuple[str, ...]:
        return one["effective"], one["jurisdiction"], one["substance"], one["type"]

    assert sorted(found, key=key) == sorted(told, key=key)


CHECKS = {
    Table.STATUSES: check_statuses,
    Table.PERIODS: check_periods,
    Table.RECORDS: check_records,
    Table.CHANGES: check_changes,
}


@pytest.mark.parametrize(("form", "table", "on"), EVERY)
def test_other_programs_read_what_the_api_answers(
    app: Flask, client: FlaskClient, tmp_path: Path, form: Form, table: Table, on: str | None
) -> None:
    answer = client.get(f"/api/v1/export/{form}", query_string=question(table, on))

    CHECKS[table](read(kept(answer, tmp_path, form), form, table), app, on)


@pytest.mark.parametrize("form", [form for form in Form if form.has_shapes])
def test_shapes_lie_beside_the_rows(client: FlaskClient, tmp_path: Path, form: Form) -> None:
    files = {
        geometry: kept(
            client.get(f"/api/v1/export/{form}?substance=kratom&geometry={geometry}"),
            tmp_path,
            form,
        ).rename(tmp_path / f"{geometry}.{form}")
        for geometry in ("simple", "full")
    }

    simple, full = (shapes_of(file, form) for file in files.values())
    assert simple.crs.to_epsg() == full.crs.to_epsg() == 4326
    assert list(simple["jurisdiction"]) == list(full["jurisdiction"])
    found = simple.set_index("jurisdiction").geometry
    assert found["US-MS-columbus"].geom_type == "Point"
    assert found["US-CO"].geom_type == "Polygon"
    assert found["FJ"].geom_type == "MultiPolygon"
    assert found["FJ"].bounds[0] == -180
    assert found["FJ"].bounds[2] == 180
    assert found["AU-WA"] is None
    drawn = full.set_index("jurisdiction").geometry
    assert len(drawn["US-CO"].exterior.coords) > len(found["US-CO"].exterior.coords)
    assert drawn[~drawn.isna()].is_valid.all()


@pytest.mark.parametrize("form", list(Form))
def test_a_file_comes_with_its_name_its_licence_and_its_version(
    client: FlaskClient, ask: Ask, form: Form
) -> None:
    answer = client.get(f"/api/v1/export/{form}?on={PAST}&substance=7-oh")
    version = ask("/codebook").get("data_version") or ask("/status", zip="39701")["data_version"]

    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="regmap-statuses-on-{PAST}-substance-7-oh-{version}.{form}"'
    )
    assert answer.headers["Link"] == (
        '<https://creativecommons.org/licenses/by/4.0/>; rel="license"'
    )
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.content_length == len(answer.get_data())


def test_each_format_has_its_media_type(client: FlaskClient) -> None:
    types = {
        form: client.head(f"/api/v1/export/{form}?substance=7-oh").headers["Content-Type"]
        for form in Form
    }

    assert types == {
        "csv": "text/csv; charset=utf-8; header=present",
        "jsonl": "application/x-ndjson",
        "geojson": "application/geo+json",
        "gpkg": "application/geopackage+sqlite3",
        "parquet": "application/vnd.apache.parquet",
    }


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("csv?table=nonsense", "table"),
        ("csv?on=2026-02-30", "on"),
        ("csv?table=records&on=2020-01-01", "on"),
        ("csv?substance=nonsense", "substance"),
        ("csv?known_at=yesterday", "known_at"),
        ("csv?known_at=2199-01-01", "known_at"),
        ("csv?geometry=full", "geometry"),
        ("jsonl?geometry=simple", "geometry"),
        ("gpkg?geometry=none", "geometry"),
        ("gpkg?nonsense=1", "nonsense"),
        ("gpkg?on=2020-01-01&on=2021-01-01", "on"),
    ],
)
def test_bad_input_is_refused_and_named(client: FlaskClient, address: str, field: str) -> None:
    assert_problem(client.get(f"/api/v1/export/{address}"), 422, field)


def test_an_unknown_format_is_not_found_and_named(client: FlaskClient) -> None:
    problem = assert_problem(client.get("/api/v1/export/xlsx"), 404)

    assert "xlsx" in problem["detail"]
    assert "geojson" in problem["detail"]


@pytest.mark.parametrize("form", [Form.CSV, Form.GPKG, Form.PARQUET])
def test_a_table_without_rows_has_its_columns(
    client: FlaskClient, tmp_path: Path, form: Form
) -> None:
    answer = client.get(f"/api/v1/export/{form}?table=changes&on=1801-01-01")

    assert read(kept(answer, tmp_path, form), form, Table.CHANGES) == []


def test_formats_without_columns_are_empty_where_there_are_no_rows(client: FlaskClient) -> None:
    lines, collection = (
        client.get(f"/api/v1/export/{form}?table=changes&on=1801-01-01")
        for form in ("jsonl", "geojson")
    )

    assert lines.get_data() == b""
    assert collection.get_json(force=True)["features"] == []


def test_a_collection_says_what_it_is(client: FlaskClient, ask: Ask) -> None:
    told = client.get(f"/api/v1/export/geojson?substance=7-oh&on={PAST}").get_json(force=True)

    assert told["type"] == "FeatureCollection"
    assert told["on"] == PAST
    assert told["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert told["data_version"] == ask("/status", zip="39701")["data_version"]
    assert [one["id"] for one in told["features"]] == [
        f"{one['properties']['jurisdiction']}/7-oh" for one in told["features"]
    ]


@pytest.mark.parametrize("form", [Form.CSV, Form.GPKG])
def test_two_requests_at_once_get_the_same_file(
    app: Flask, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "WAIT_SECONDS", 60.0)

    def get(_: int) -> TestResponse:
        return app.test_client().get(f"/api/v1/export/{form}?on=2013-01-01&substance=7-oh")

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(get, range(2))

    assert first.status_code == second.status_code == 200
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.get_data() == second.get_data()
