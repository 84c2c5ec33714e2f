"""Whatever is asked, the answer is what the description says: schemathesis, with every check.

`python -m tests.contract --cases 5000` asks for longer, and differently each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from tests.api.desk import ADMIN, Office
from tests.contract.harness import API, CHECKS, OGC, Outcome, run
from tests.served import PROBLEM, json_of

METHODS = ("get", "post", "patch", "delete")
CODEBOOK = "/api/v1/codebook"
# What may come of every call, and what of all that take a body.
OF_ALL = {"405", "422", "500", "503"}
OF_BODIES = {"400", "408", "413", "415"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An installation that the questions of this module write to."""
    return Office(tmp_path_factory, tmp_path_factory.mktemp("contract"))


def _assert_held(outcome: Outcome, client: FlaskClient, description: str) -> None:
    """Nothing failed, nothing was left out, and every call was answered well at least once."""
    assert outcome.failures == []
    assert set(CHECKS) <= set(outcome.checks)
    calls = {
        f"{method.upper()} {path}"
        for path, item in client.get(description).get_json(force=True)["paths"].items()
        for method in METHODS
        if method in item
    }
    well = {
        call
        for call, statuses in outcome.statuses.items()
        if any(status < 400 for status in statuses)
    }
    assert well == calls


def test_the_api_answers_as_its_description_says(office: Office) -> None:
    outcome = run(office.app, API, office.tokens[ADMIN], examples=2)

    _assert_held(outcome, office.client, API)


def test_the_features_are_answered_as_their_definition_says(office: Office) -> None:
    outcome = run(office.app, OGC, None, examples=2)

    _assert_held(outcome, office.client, OGC)


def test_every_status_that_can_come_is_told(office: Office) -> None:
    for path, item in json_of(office.client.get(API))["paths"].items():
        for method in METHODS:
            if method in item:
                told = set(item[method]["responses"])
                wanted = OF_ALL | (OF_BODIES if "requestBody" in item[method] else set())
                assert wanted <= told, (method, path)
                assert "default" not in told, "anything would be as described"


# --- What is wrong is found. --------------------------------------------------------------------


def _broken() -> Response:
    raise RuntimeError("on purpose")


def _not_told() -> Response:
    return Response("{}", 418, mimetype="application/json")


def _other_media_type() -> Response:
    return Response("{}", headers={"ETag": '"a"', "Cache-Control": "no-cache"}, mimetype="text/csv")


def _other_shape() -> Response:
    headers = {"ETag": '"a"', "Cache-Control": "no-cache"}
    return Response('{"statuses": 1}', headers=headers, mimetype="application/json")


def _bare() -> Response:
    return Response("{}", mimetype="application/json")


@pytest.fixture
def codebook(office: Office) -> Iterator[Callable[[Callable[[], Response]], Outcome]]:
    """Asks for the codebook, answered by something else than its view."""
    app: Flask = office.app
    name = "codebook.codebook"
    kept = app.view_functions[name]

    def asked(view: Callable[[], Response]) -> Outcome:
        app.view_functions[name] = lambda **_: view()
        return run(app, API, None, examples=1, phases=["coverage"], only=CODEBOOK)

    yield asked
    app.view_functions[name] = kept


@pytest.mark.parametrize(
    ("view", "check"),
    [
        (_broken, "not_a_server_error"),
        (_not_told, "status_code_conformance"),
        (_other_media_type, "content_type_conformance"),
        (_other_shape, "response_schema_conformance"),
        (_bare, "response_headers_conformance"),
    ],
)
def test_an_answer_that_is_not_as_described_is_found(
    codebook: Callable[[Callable[[], Response]], Outcome],
    view: Callable[[], Response],
    check: str,
) -> None:
    found = codebook(view).failures

    assert any(one.startswith(f"{check}, GET {CODEBOOK}") for one in found), found


# --- What schemathesis found once. --------------------------------------------------------------


@pytest.mark.parametrize("path", ["/status/batch", "/verdicts", "/route"])
@pytest.mark.parametrize("moment", [{}, [None, None], 2020, True, None])
def test_a_moment_that_is_no_text_is_refused_by_name(
    office: Office, path: str, moment: Any
) -> None:
    response = office.client.post(f"/api/v1{path}", json={"known_at": moment})

    assert response.status_code == 422
    assert response.mimetype == PROBLEM
    assert "known_at" in response.get_json(force=True)["errors"]


def test_a_feature_without_properties_is_a_route(office: Office) -> None:
    """RFC 7946, 3.2: the properties of a Feature are an object or null."""
    line = {"type": "LineString", "coordinates": [[-87.5, 33.0], [-84.0, 36.5]]}
    feature = {"type": "Feature", "properties": None, "geometry": line}

    assert json_of(office.client.post("/api/v1/route", json=feature))["crossed"]
