"""The OpenAPI document is valid, and every real answer is what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from openapi_spec_validator import OpenAPIV31SpecValidator
from werkzeug.test import TestResponse

from tests.api.desk import ADMIN, PROPOSAL, REVIEWER, Office, secret_of
from tests.served import json_of

RECORDED = "/api/v1/jurisdictions/{jurisdiction_id}"
EXPORTED = "/api/v1/export/{form}"
CORRECTED = "/api/v1/corrections/{correction_id}"
# A question is an address to GET, or a body to POST.
Question = str | dict[str, Any]

KRATOM = {"substance": "kratom", "form": "powder", "seven_oh_percent": 0.5, "buyer_age": 30}
ITEMS = [
    {"lat": 33.52, "lon": -86.81},
    {"id": "b", "lat": 36.5949, "lon": -82.18},
    {"id": 3, "zip": "42223"},
    {"jurisdiction": "US-CO"},
    {"lat": 0.0, "lon": -30.0},
    {"zip": "00000"},
    {"lat": 91.0, "lon": 0.0},
]
LINE = {"type": "LineString", "coordinates": [[-87.5, 33.0], [-84.0, 36.5], [-84.0, 45.0]]}
# Documented path → real questions, chosen so that every kind of answer is among them.
REAL: dict[str, list[Question]] = {
    "/api/v1/status": [
        "/api/v1/status?lat=33.52&lon=-86.81",
        "/api/v1/status?lat=33.4957&lon=-88.4273",
        "/api/v1/status?lat=36.5949&lon=-82.18",
        "/api/v1/status?lat=0&lon=-30",
        "/api/v1/status?lat=41.82&lon=-71.41&on=2020-01-01&substance=7-oh",
        "/api/v1/status?lat=33.52&lon=-86.81&known_at=2020-01-01",
        "/api/v1/status?jurisdiction=US-MS-columbus",
        "/api/v1/status?jurisdiction=CU",
        "/api/v1/status?zip=42223",
        "/api/v1/status?zip=09012",
        "/api/v1/status?place=Bangkok",
        "/api/v1/status?place=Paris, TX",
    ],
    "/api/v1/jurisdictions": [
        *[f"/api/v1/jurisdictions?page_size=200&page={page}" for page in (1, 2, 3, 99)],
        "/api/v1/jurisdictions?scope=all&level=county&parent=US-TX",
    ],
    RECORDED: [
        f"/api/v1/jurisdictions/{id}"
        for id in ("US", "US-AL", "US-NY", "AU-WA", "US-MS-columbus", "HK", "CU", "FJ", "US-PR")
    ],
    f"{RECORDED}/history": [
        "/api/v1/jurisdictions/US-RI/history",
        "/api/v1/jurisdictions/US-RI/history?substance=7-oh",
        "/api/v1/jurisdictions/CU/history",
    ],
    f"{RECORDED}/boundary": [
        "/api/v1/jurisdictions/US-AL/boundary",
        "/api/v1/jurisdictions/FJ/boundary?detail=high",
        "/api/v1/jurisdictions/US-MS-columbus/boundary",
    ],
    "/api/v1/changes": [
        *[f"/api/v1/changes?page_size=200&page={page}" for page in (1, 2, 9)],
        "/api/v1/changes?from=2026-11-22&substance=kratom",
        "/api/v1/changes?type=law_changed,record_corrected&known_at=2020-01-01",
    ],
    "/api/v1/map": [
        "/api/v1/map",
        "/api/v1/map?compare=2015-01-01&substance=7-oh",
        "/api/v1/map?format=topojson",
    ],
    "/api/v1/map/timeline": [
        "/api/v1/map/timeline",
        "/api/v1/map/timeline?substance=7-oh",
        "/api/v1/map/timeline?known_at=2020-01-01",
    ],
    "/api/v1/search": [
        "/api/v1/search?q=birm",
        "/api/v1/search?q=39701&limit=1",
        "/api/v1/search?q=33.5,-86.8",
        "/api/v1/search?q=95,200",
    ],
    "/api/v1/codebook": ["/api/v1/codebook"],
    "/api/v1/schemas/record.json": ["/api/v1/schemas/record.json"],
    "/api/v1/revisions": [
        *[f"/api/v1/revisions?page_size=200&page={page}" for page in (1, 2, 3, 4)],
        "/api/v1/revisions?since=600",
        "/api/v1/revisions?type=record_corrected&jurisdiction=US-RI&substance=kratom",
    ],
    "/api/v1/versions": ["/api/v1/versions", "/api/v1/versions?page=2&page_size=1"],
    "/api/v1/versions/diff": [
        "/api/v1/versions/diff?from=1&page_size=200",
        "/api/v1/versions/diff?from=1&to=1",
    ],
    "/api/v1/corrections": ["/api/v1/corrections", "/api/v1/corrections?state=pending"],
    "/api/v1/recheck": ["/api/v1/recheck", "/api/v1/recheck?parent=US&substance=7-oh"],
    "/api/v1/status/batch": [{"items": ITEMS}, {"items": ITEMS, "detail": "full"}],
    "/api/v1/verdicts": [
        {"items": ITEMS, "product": KRATOM},
        {"items": ITEMS, "product": {"substance": "7-oh"}, "on": "2020-01-01"},
    ],
    "/api/v1/route": [
        LINE,
        {"type": "Feature", "properties": {}, "geometry": LINE, "substance": "7-oh"},
        {"stops": [ITEMS[0], {"id": 1, "zip": "80202"}, {"jurisdiction": "TH"}]},
    ],
}
WRONG: dict[str, list[Question]] = {
    "/api/v1/status": [
        "/api/v1/status?lat=91&lon=0",
        "/api/v1/status?jurisdiction=XX",
        "/api/v1/status?colour=red",
    ],
    "/api/v1/jurisdictions": ["/api/v1/jurisdictions?page=0", "/api/v1/jurisdictions?parent=XX"],
    RECORDED: ["/api/v1/jurisdictions/XX", "/api/v1/jurisdictions/US?on=x"],
    f"{RECORDED}/history": [
        "/api/v1/jurisdictions/XX/history",
        "/api/v1/jurisdictions/US/history?substance=tea",
    ],
    f"{RECORDED}/boundary": [
        "/api/v1/jurisdictions/AU-WA/boundary",
        "/api/v1/jurisdictions/US/boundary?detail=x",
    ],
    "/api/v1/changes": ["/api/v1/changes?jurisdiction=XX", "/api/v1/changes?from=x"],
    "/api/v1/map": ["/api/v1/map?on=x"],
    "/api/v1/map/timeline": ["/api/v1/map/timeline?substance=tea", "/api/v1/map/timeline?on=x"],
    "/api/v1/search": ["/api/v1/search", "/api/v1/search?q=a&limit=21"],
    "/api/v1/codebook": ["/api/v1/codebook?x=1"],
    "/api/v1/schemas/record.json": ["/api/v1/schemas/record.json?x=1"],
    "/api/v1/revisions": ["/api/v1/revisions?since=x"],
    EXPORTED: ["/api/v1/export/xlsx", "/api/v1/export/csv?table=tea"],
    "/api/v1/versions": ["/api/v1/versions?known_at=2020-01-01", "/api/v1/versions?page=0"],
    "/api/v1/versions/diff": [
        "/api/v1/versions/diff",
        "/api/v1/versions/diff?from=x",
        "/api/v1/versions/diff?from=999999",
    ],
    "/api/v1/corrections": [
        "/api/v1/corrections?state=lost",
        "/api/v1/corrections?jurisdiction=XX",
        {},
        {"jurisdiction": "US-VA", "substance": "kratom", "sources": [{"url": "javascript:1"}]},
    ],
    CORRECTED: ["/api/v1/corrections/0", "/api/v1/corrections/0?x=1"],
    f"{CORRECTED}/impact": ["/api/v1/corrections/0/impact", {"record": {}}],
    f"{CORRECTED}/decision": [{}, {"decision": "accept", "note": "x"}],
    f"{CORRECTED}/undo": [{}, {"note": "x"}],
    "/api/v1/recheck": ["/api/v1/recheck?parent=XX", "/api/v1/recheck?page=0"],
    "/api/v1/status/batch": [{"items": []}, {"items": ITEMS, "known_at": "2199-01-01"}],
    "/api/v1/verdicts": [{"items": ITEMS}, {"items": ITEMS, "product": {"substance": "tea"}}],
    "/api/v1/route": [{"stops": []}, {"stops": [ITEMS[0], {"jurisdiction": "XX"}]}],
}


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = json_of(client.get("/api/v1/openapi.json"))
    return document


def _asked(client: FlaskClient, path: str, question: Question) -> TestResponse:
    return client.get(question) if isinstance(question, str) else client.post(path, json=question)


def _operations(description: dict[str, Any], path: str) -> dict[str, dict[str, Any]]:
    """What can be asked of a path, by method."""
    item: dict[str, dict[str, Any]] = description["paths"][path]
    return {method: operation for method, operation in item.items() if method != "parameters"}


def _documented(
    description: dict[str, Any], path: str, response: TestResponse
) -> Draft202012Validator:
    """What the description says of an answer: by path, method, status and media type."""
    method = response.request.method.lower()
    answers = _operations(description, path)[method]["responses"]
    answer = answers.get(str(response.status_code))
    assert answer is not None, f"{path}: {response.status_code} is not documented"
    if "$ref" in answer:
        answer = description["components"]["responses"][answer["$ref"].rsplit("/", 1)[1]]
    assert response.mimetype in answer["content"], f"{path}: {response.mimetype} is not documented"
    schema = answer["content"][response.mimetype]["schema"]
    return Draft202012Validator({**schema, "components": description["components"]})


def test_the_description_is_valid_openapi_3_1(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")

    problems = list(OpenAPIV31SpecValidator(description).iter_errors())

    assert problems == []


def test_every_part_of_the_api_is_described_and_asked_here(
    app: Flask, description: dict[str, Any]
) -> None:
    served = {
        str(rule).replace("<string:", "{").replace(">", "}")
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/api/") and not str(rule).endswith("/openapi.json")
    }

    assert set(description["paths"]) == served == set(WRONG)
    elsewhere = {path for path in served if path.startswith(CORRECTED)}
    assert served - set(REAL) == {*elsewhere, EXPORTED}  # files: tests/api/test_export.py


@pytest.mark.parametrize(
    ("path", "question"),
    [(path, one) for path, several in REAL.items() for one in several],
    ids=str,
)
def test_a_real_answer_is_what_the_description_says(
    client: FlaskClient, description: dict[str, Any], path: str, question: Question
) -> None:
    response = _asked(client, path, question)

    assert response.status_code in (200, 300)
    found = _documented(description, path, response).iter_errors(response.get_json(force=True))
    assert [(error.json_path, error.message[:200]) for error in found] == []


@pytest.mark.parametrize(
    ("path", "question"),
    [(path, one) for path, several in WRONG.items() for one in several],
    ids=str,
)
def test_an_error_is_what_the_description_says(
    client: FlaskClient, description: dict[str, Any], path: str, question: Question
) -> None:
    response = _asked(client, path, question)

    assert response.status_code in (401, 404, 422)
    found = _documented(description, path, response).iter_errors(response.get_json(force=True))
    assert [error.message for error in found] == []


def test_what_is_answered_about_corrections_is_what_the_description_says(
    office: Office, description: dict[str, Any]
) -> None:
    answers = list(_answers_about_corrections(office))

    for path, response in answers:
        found = _documented(description, path, response).iter_errors(response.get_json(force=True))
        assert [(error.json_path, error.message[:200]) for error in found] == [], path
    paths = ("/api/v1/corrections", *(path for path in WRONG if path.startswith(CORRECTED)))
    assert {(path, one.request.method.lower()) for path, one in answers} == {
        (path, method) for path in paths for method in _operations(description, path)
    }


def _answers_about_corrections(office: Office) -> Iterator[tuple[str, TestResponse]]:
    """Every call about corrections, with answers of every kind, by documented path."""
    client, key = office.client, {"Idempotency-Key": "described"}
    for _ in range(2):  # 201, and 200 where it is sent again
        sent = client.post("/api/v1/corrections", json=PROPOSAL, headers=key)
        yield "/api/v1/corrections", sent
    id, secret = sent.get_json()["id"], secret_of(sent.get_json())
    url = f"/api/v1/corrections/{id}"
    yield CORRECTED, client.patch(url, json={"message": "More."}, headers=secret)
    yield CORRECTED, client.patch(url, json={"message": "More."})
    for headers in ({}, secret, office.bearer(ADMIN), {"X-Correction-Secret": "x"}):
        yield CORRECTED, client.get(url, headers=headers)
    yield f"{CORRECTED}/impact", office.impact(id)
    record = {**json_of(office.impact(id))["proposed"], "note": "Read."}
    body = {"record": record}
    yield (
        f"{CORRECTED}/impact",
        client.post(f"{url}/impact", json=body, headers=office.bearer(ADMIN)),
    )
    for read in ("", '"0"', None, None):  # 428, 412, 200, and 409: it is settled
        yield f"{CORRECTED}/decision", office.decide(id, "accept", read=read, record=record)
    yield CORRECTED, client.delete(url, headers=secret)
    yield f"{CORRECTED}/undo", office.undo(id, by=REVIEWER)
    yield f"{CORRECTED}/undo", office.undo(id)
    yield "/api/v1/corrections", client.get("/api/v1/corrections")
    yield "/api/v1/corrections", client.get("/api/v1/corrections", headers=office.bearer(ADMIN))
    gone = office.submit()
    yield CORRECTED, client.delete(gone["url"], headers=secret_of(gone))


def test_curators_calls_say_that_they_need_a_token(description: dict[str, Any]) -> None:
    assert description["components"]["securitySchemes"]["curator"]["scheme"] == "bearer"
    for path in description["paths"]:
        for method, operation in _operations(description, path).items():
            is_curators = path.startswith(f"{CORRECTED}/")
            assert (operation.get("security") == [{"curator": []}]) is is_curators, (method, path)


def test_the_headers_that_a_call_takes_are_described(description: dict[str, Any]) -> None:
    taken = {
        (path.removeprefix("/api/v1"), method): {
            one["name"] for one in operation.get("parameters", []) if one["in"] == "header"
        }
        for path in description["paths"]
        for method, operation in _operations(description, path).items()
    }

    assert {call: names for call, names in taken.items() if names} == {
        ("/corrections", "post"): {"Idempotency-Key"},
        ("/corrections/{correction_id}", "get"): {"X-Correction-Secret"},
        ("/corrections/{correction_id}", "patch"): {"X-Correction-Secret"},
        ("/corrections/{correction_id}", "delete"): {"X-Correction-Secret"},
        ("/corrections/{correction_id}/decision", "post"): {"If-Match"},
        ("/corrections/{correction_id}/undo", "post"): {"If-Match"},
    }


def test_the_examples_of_bodies_are_what_the_description_says(description: dict[str, Any]) -> None:
    for path in description["paths"]:
        for operation in _operations(description, path).values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            if "example" in body:
                shape = {**body["schema"], "components": description["components"]}
                assert list(Draft202012Validator(shape).iter_errors(body["example"])) == [], path


def test_the_answers_are_described_so_closely_that_a_wrong_one_fails(
    client: FlaskClient, description: dict[str, Any]
) -> None:
    response = _asked(client, "/api/v1/status", REAL["/api/v1/status"][0])
    validator = _documented(description, "/api/v1/status", response)
    answer = json_of(response)

    for wrong in (
        {**answer, "effective": {**answer["effective"], "status": "legal"}},
        {**answer, "effective": {**answer["effective"], "min_age": "21"}},
        {**answer, "layers": [{}]},
        {name: value for name, value in answer.items() if name != "disclaimer"},
    ):
        assert not validator.is_valid(wrong)


def test_every_parameter_that_is_described_is_taken(
    client: FlaskClient, description: dict[str, Any]
) -> None:
    for path, questions in REAL.items():
        if not isinstance(questions[0], str):
            continue
        operation = _operations(description, path)["get"]
        listed = [
            *operation.get("parameters", []),
            *description["paths"][path].get("parameters", []),
        ]
        named = {one["name"] for one in listed if one["in"] == "query"}
        plain = urlsplit(questions[0]).path

        refused = client.get(plain, query_string=dict.fromkeys(named, "\x00")).get_json(force=True)

        unknown = [
            name for name, said in refused.get("errors", {}).items() if "Unknown" in " ".join(said)
        ]
        assert unknown == [], path


def test_the_description_is_readable(description: dict[str, Any]) -> None:
    assert "unknown" in description["info"]["description"]
    for path in description["paths"]:
        for operation in _operations(description, path).values():
            assert operation["summary"].endswith("."), path
            assert "\n" not in operation["summary"], path
            assert operation["tags"], path


def test_the_description_names_no_third_party_server(description: dict[str, Any]) -> None:
    assert description["servers"] == [{"url": "/"}]
