"""The API's readable docs say what the description for programs says, and their examples work."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from regmap.web.docs_page import BODIES, EXAMPLES
from regmap.web.reference import shapes, topics
from tests.served import json_of
from tests.web.conftest import Page


def test_every_call_and_every_field_stands_on_the_page(client: FlaskClient) -> None:
    document = json_of(client.get("/api/v1/openapi.json"))
    text = Page(client.get("/docs").get_data(as_text=True)).text

    for path, item in document["paths"].items():
        assert path in text
        for operation in (one for method, one in item.items() if method != "parameters"):
            assert operation["summary"].split("`")[0].strip() in text
    for schema in document["components"]["schemas"].values():
        for name in schema.get("properties", {}):
            assert name in text


def test_no_operation_is_lost_between_the_topics(client: FlaskClient) -> None:
    document = json_of(client.get("/api/v1/openapi.json"))
    told = {(one.method, one.path) for topic in topics(document) for one in topic.operations}

    assert told == {
        (method, path)
        for path, item in document["paths"].items()
        for method in item
        if method != "parameters"
    }
    anchors = [one.anchor for topic in topics(document) for one in topic.operations]
    assert len(set(anchors)) == len(anchors)


def test_types_lead_to_shapes_that_stand_on_the_page(client: FlaskClient) -> None:
    page = Page(client.get("/docs").get_data(as_text=True))
    ids = {attributes.get("id") for _, attributes in page.elements}
    leads = {
        (link["href"] or "")[1:]
        for link in page.all("a")
        if (link.get("href") or "").startswith("#")
    }

    assert "shape-Period" in leads
    assert leads <= ids


def test_nullable_lists_and_choices_are_told(client: FlaskClient) -> None:
    document = json_of(client.get("/api/v1/openapi.json"))
    by_name = {shape.name: shape for shape in shapes(document)}
    answer = {field.name: field for field in by_name["StatusAnswer"].fields}
    layer = {field.name: field for field in by_name["Layer"].fields}

    assert answer["layers"].type.many
    assert answer["layers"].type.shapes == ("Layer",)
    assert layer["period"].nullable
    assert layer["period"].type.shapes == ("Period",)
    assert "possible" in layer["match"].values


def test_every_call_has_an_example_of_its_address_its_body_or_the_command_that_makes_it(
    client: FlaskClient,
) -> None:
    for topic in topics(json_of(client.get("/api/v1/openapi.json"))):
        for one in topic.operations:
            shown = (one.method, one.path) in EXAMPLES if one.body is None else one.path in BODIES
            assert shown or one.samples, one


def test_what_is_for_curators_says_so(client: FlaskClient) -> None:
    document = json_of(client.get("/api/v1/openapi.json"))
    calls = {
        f"{one.method} {one.path.removeprefix('/api/v1')}"
        for topic in topics(document)
        for one in topic.operations
        if one.needs_token
    }

    assert calls == {
        "get /corrections/{correction_id}/impact",
        "post /corrections/{correction_id}/impact",
        "post /corrections/{correction_id}/decision",
        "post /corrections/{correction_id}/undo",
    }
    page = client.get("/docs").get_data(as_text=True)
    assert page.count("For curators, with a token.") == len(calls)


@pytest.mark.parametrize("address", EXAMPLES.values())
def test_an_example_is_answered(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.get_data()


@pytest.mark.parametrize("path", BODIES)
def test_an_example_of_a_body_is_taken(client: FlaskClient, path: str) -> None:
    assert json_of(client.post(path, data=BODIES[path], content_type="application/json"))
