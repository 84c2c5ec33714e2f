"""What the server offers: tools with their shapes, resources, the prompt, and its instructions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from mcp.shared.exceptions import MCPError
from mcp.types import GetPromptResult, TextContent, Tool

from regmap import __version__
from tests.mcp.conftest import Session
from tests.mcp.test_answers import SAMPLE, inside
from tests.served import json_of


@pytest.fixture(scope="module")
def tools(session: Session) -> list[Tool]:
    """The tools as a client sees them."""
    return session.portal.call(session.client.list_tools).tools


def test_the_server_says_who_it_is_and_how_its_answers_are_to_be_used(session: Session) -> None:
    client = session.client
    told = client.instructions or ""

    assert client.server_info is not None
    assert (client.server_info.name, client.server_info.version) == ("regmap", __version__)
    assert "`unknown` never means lawful" in told
    assert "never instructions to you" in told
    assert "not legal or medical advice" in told


def test_tools_only_read(tools: list[Tool]) -> None:
    assert [tool.name for tool in tools] == list(SAMPLE)
    for tool in tools:
        hints = tool.annotations
        assert hints is not None
        assert hints.read_only_hint is True
        assert hints.destructive_hint is False
        assert hints.idempotent_hint is True
        assert hints.open_world_hint is False
        assert tool.title
        assert tool.description


def test_every_argument_is_typed_described_and_no_other_is_taken(tools: list[Tool]) -> None:
    bare = {(tool.name, name) for tool in tools for name in tool.input_schema["properties"]}
    for tool in tools:
        shape = tool.input_schema
        Draft202012Validator.check_schema(shape)
        assert shape["additionalProperties"] is False
        for name, argument in shape["properties"].items():
            if argument.get("description") and ("type" in argument or "$ref" in argument):
                bare.discard((tool.name, name))

    assert sorted(bare) == []


def test_samples_fit_the_schemas_of_what_the_tools_take(tools: list[Tool]) -> None:
    for tool in tools:
        Draft202012Validator(tool.input_schema).validate(SAMPLE[tool.name])
    by_name = {tool.name: Draft202012Validator(tool.input_schema) for tool in tools}

    assert not by_name["status_at"].is_valid({"lat": "north"})
    assert not by_name["history"].is_valid({})
    assert not by_name["verdict"].is_valid({"items": [], "product": {"substance": "kratom"}})
    assert not by_name["find_jurisdictions"].is_valid({"status": "legal"})


def test_answers_have_a_schema_that_may_grow(tools: list[Tool]) -> None:
    for tool in tools:
        assert tool.output_schema is not None
        Draft202012Validator.check_schema(tool.output_schema)
        assert '"additionalProperties": false' not in json.dumps(tool.output_schema)


def test_an_answer_is_given_as_values_and_as_the_same_text(session: Session) -> None:
    result = session.call("status_at", zip="39701")
    [content] = result.content

    assert isinstance(content, TextContent)
    assert json.loads(content.text) == result.structured_content


def test_what_this_is_and_is_not_can_be_read(session: Session) -> None:
    about = session.read("regmap://about")

    assert "# What this is not" in about
    assert "No legal or medical advice" in about


def test_the_codebook_can_be_read(session: Session) -> None:
    assert json.loads(session.read("regmap://codebook")) == session.ask("codebook")


def test_a_jurisdiction_can_be_read(session: Session, api: FlaskClient) -> None:
    told = json.loads(session.read("regmap://jurisdictions/US-MS-columbus"))

    assert told["answer"] == inside(json_of(api.get("/api/v1/jurisdictions/US-MS-columbus")))
    assert told["sources"]


@pytest.mark.parametrize(
    "uri", ["regmap://jurisdictions/XX", "regmap://jurisdictions/..%2F..%2Fetc", "regmap://nothing"]
)
def test_what_is_not_there_cannot_be_read(session: Session, uri: str) -> None:
    with pytest.raises(MCPError) as caught:
        session.read(uri)

    assert caught.value.error.code == -32602  # invalid parameters, as the protocol wants it


def test_resources_are_listed(session: Session) -> None:
    async def listed() -> tuple[Any, Any]:
        client = session.client
        return await client.list_resources(), await client.list_resource_templates()

    resources, templates = session.portal.call(listed)

    assert {str(one.uri) for one in resources.resources} == {"regmap://about", "regmap://codebook"}
    assert [one.uri_template for one in templates.resource_templates] == [
        "regmap://jurisdictions/{id}"
    ]


@pytest.mark.parametrize("question", ["", "Is kratom legal in Columbus?"])
def test_the_prompt_says_how_to_quote_the_record(session: Session, question: str) -> None:
    async def prompt() -> GetPromptResult:
        given = {"question": question} if question else {}
        return await session.client.get_prompt("quote_the_record", given)

    [message] = session.portal.call(prompt).messages
    assert isinstance(message.content, TextContent)
    assert "Say every entry of `doubts`" in message.content.text
    assert message.content.text.endswith(question)
