"""The server itself: the tools, resources and the prompt, over standard input and output."""

import os
import signal
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import orjson
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import ConfigDict

from regmap import __version__
from regmap.domain.errors import RegmapError
from regmap.http import context
from regmap.http.problems import detail_of, errors_of
from regmap.mcp.catalogue import TOOLS, Entry
from regmap.mcp.envelope import enveloped
from regmap.mcp.guide import ABOUT, INSTRUCTIONS, QUOTING
from regmap.mcp.question import Question
from regmap.mcp.shapes import Shapes
from regmap.schemas.documents import understood
from regmap.services.bundle import Services
from regmap.services.source import SnapshotSource

_JSON = "application/json"
_READING = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


class _AsGiven(ArgModelBase):
    """Arguments as they came: the API's own schemas read them, and say what is wrong."""

    model_config = ConfigDict(extra="allow")

    def model_dump_one_level(self) -> dict[str, Any]:
        """The one parameter of the functions below."""
        return {"given": dict(self.__pydantic_extra__ or {})}


class Assistant:
    """Answers the calls of one session.

    :param source: gives the present snapshot, or a past one.
    :param today: gives the present day (UTC).
    """

    def __init__(self, source: SnapshotSource[Services], today: Callable[[], date]) -> None:
        self._source = source
        self._today = today
        self._entries = {entry.name: entry for entry in TOOLS}

    def answer(self, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of a tool, in its envelope, as JSON values.

        :raises InvalidValue: naming each argument that is wrong.
        :raises UnknownJurisdiction: or UnknownLocation, where nothing is known by that name.
        """
        entry = self._entries[name]
        query = understood(entry.arguments(), entry.read(given), "arguments")
        known_at = query.get("known_at")
        source = self._source
        asked = source.current() if known_at is None else source.known_at(known_at)
        return enveloped(entry.run(Question(asked, query, self._today())), asked)


def make_server(
    source: SnapshotSource[Services], today: Callable[[], date] = context.today
) -> MCPServer[Any]:
    """Make the server.

    :param today: gives the present day (UTC).
    """
    assistant, shapes = Assistant(source, today), Shapes()
    server: MCPServer[Any] = MCPServer(
        "regmap",
        title="regmap: the legal status of kratom",
        instructions=INSTRUCTIONS,
        version=__version__,
        tools=[_tool(assistant, entry, shapes) for entry in TOOLS],
        log_level="WARNING",
    )
    _add_resources(server, assistant)
    _add_prompt(server)
    return server


def serve(server: MCPServer[Any]) -> None:
    """Serve one session over standard input and output, until the input ends or on SIGTERM."""
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, _end)
    server.run("stdio")


def _end(*_: object) -> None:
    # A thread waits for standard input and cannot be interrupted. Nothing is ever written here,
    # so there is nothing to finish.
    os._exit(0)


def _tool(assistant: Assistant, entry: Entry, shapes: Shapes) -> Tool:
    # async, so that calls are answered one after the other: finding an answer is never waiting
    async def call(given: dict[str, Any]) -> CallToolResult:
        try:
            return _answered(assistant.answer(entry.name, given))
        except RegmapError as error:
            return _refused(error)

    return Tool(
        fn=call,
        name=entry.name,
        title=entry.title,
        description=entry.description,
        parameters=entry.input_schema(shapes),
        fn_metadata=FuncMetadata(arg_model=_AsGiven, output_schema=entry.output_schema(shapes)),
        is_async=True,
        context_kwarg=None,
        annotations=_READING,
    )


def _answered(document: dict[str, Any]) -> CallToolResult:
    """The answer twice, as the protocol wants it: as values, and as text for older clients."""
    written = orjson.dumps(document)
    return CallToolResult(
        content=[TextContent(type="text", text=written.decode())],
        structured_content=orjson.loads(written),
    )


def _refused(error: RegmapError) -> CallToolResult:
    """What is wrong, field by field: for the assistant to read, and to ask better."""
    told = {"error": detail_of(error), "errors": errors_of(error)}
    text = orjson.dumps(told).decode()
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)


def _add_resources(server: MCPServer[Any], assistant: Assistant) -> None:
    @server.resource(
        "regmap://about", title="What regmap is, and what it is not", mime_type="text/markdown"
    )
    async def about() -> str:
        """What the record is, what it is not, and how to cite it."""
        return ABOUT

    @server.resource("regmap://codebook", title="Codebook", mime_type=_JSON)
    async def codebook() -> str:
        """What every code means."""
        return orjson.dumps(assistant.answer("codebook", {})).decode()

    @server.resource("regmap://jurisdictions/{id}", title="One jurisdiction", mime_type=_JSON)
    async def jurisdiction(id: str) -> str:
        """Everything known of one jurisdiction today, by its id: `TH`, `US-TN`."""
        try:
            return orjson.dumps(assistant.answer("jurisdiction", {"jurisdiction": id})).decode()
        except RegmapError as error:
            told = "; ".join(text for texts in errors_of(error).values() for text in texts)
            raise ResourceNotFoundError(told or detail_of(error)) from None


def _add_prompt(server: MCPServer[Any]) -> None:
    @server.prompt("quote_the_record", title="How to quote the record")
    async def quote_the_record(question: str = "") -> str:
        """Answer a question on the legal status of kratom from the record, with its doubts."""
        return f"{QUOTING}\nThe question: {question}" if question else QUOTING
