"""Calls of assistants: the arguments of every tool, and the lines of the protocol."""

from __future__ import annotations

import io
import json
from typing import Any

import anyio
import orjson
from hypothesis import strategies as st
from mcp.server.stdio import stdio_server
from mcp.types import LATEST_PROTOCOL_VERSION

from regmap.domain.errors import RegmapError
from regmap.http.context import source_of, today
from regmap.http.problems import status_of
from regmap.mcp.catalogue import TOOLS
from regmap.mcp.server import Assistant, make_server
from tests.fuzz.structures import altered, altered_json, json_bytes
from tests.fuzz.target import Run, Target, World
from tests.waiting import finished

_CALLS: list[dict[str, Any]] = [
    {"name": "status_at", "arguments": {"lat": 33.5, "lon": -86.8, "on": "2026-01-01"}},
    {"name": "status_at", "arguments": {"place": "Columbus, MS", "substance": "7-oh"}},
    {"name": "history", "arguments": {"jurisdiction": "US-TN", "page_size": 2, "page": 1}},
    {"name": "changes", "arguments": {"from": "2020-01-01", "to": "2026-01-01", "level": "state"}},
    {
        "name": "verdict",
        "arguments": {
            "items": [{"zip": "35203", "id": 1}, {"lat": 33.5, "lon": -86.8}],
            "product": {"substance": "kratom", "seven_oh_percent": 0.4, "buyer_age": 21},
        },
    },
    {"name": "verdict", "arguments": {"items": '[{"zip": "35203"}]', "product": '{"x": 1}'}},
    {"name": "jurisdiction", "arguments": {"jurisdiction": "US-TN", "known_at": "2026-01-01"}},
    {"name": "find_jurisdictions", "arguments": {"q": "ten", "bbox": "-90,30,-80,37"}},
    {"name": "codebook", "arguments": {}},
]


def _calls(world: World) -> Run:
    assistant = Assistant(source_of(world.app), today)
    names = [entry.name for entry in TOOLS]

    def run(data: bytes) -> str:
        try:
            call = orjson.loads(data)
        except orjson.JSONDecodeError:
            return "no JSON"
        if not isinstance(call, dict) or call.get("name") not in names:
            return "no call"
        given = call.get("arguments")
        if not isinstance(given, dict):
            return "no arguments"
        try:
            answer = assistant.answer(call["name"], given)
        except RegmapError as error:
            if status_of(error) >= 500:
                raise
            return f"{call['name']} {type(error).__name__}"
        assert isinstance(orjson.loads(orjson.dumps(answer)), dict)
        return f"{call['name']} {sorted(answer)}"

    return run


def _lines(world: World) -> Run:
    """Lines as they come on standard input, after a client has said who it is."""
    server = make_server(source_of(world.app))
    opening = b"".join(json_bytes(one) + b"\n" for one in _opening())

    async def session(data: bytes) -> str:
        out = io.StringIO()
        lines = io.StringIO((opening + data + b"\n").decode("utf-8", "replace"))
        async with stdio_server(anyio.wrap_file(lines), anyio.wrap_file(out)) as (read, write):
            core = server._lowlevel_server
            await core.run(read, write, core.create_initialization_options())
        return out.getvalue()

    def run(data: bytes) -> str:
        answered = finished(session(data))
        told = [json.loads(line) for line in answered.splitlines()]
        assert all(one["jsonrpc"] == "2.0" for one in told)
        for one in told:
            text = json.dumps(one.get("error", {}))
            assert "Traceback" not in text
            assert str(world.folder) not in text
            assert one.get("error", {}).get("code") != -32603, f"an internal error: {text}"
        return " ".join(sorted({str(one.get("error", {}).get("code", "good")) for one in told}))

    return run


def _opening() -> list[dict[str, Any]]:
    about = {"name": "fuzz", "version": "1"}
    given = {"protocolVersion": LATEST_PROTOCOL_VERSION, "capabilities": {}, "clientInfo": about}
    return [
        {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": given},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
    ]


_MESSAGES: list[dict[str, Any]] = [
    {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": _CALLS[0]},
    {"jsonrpc": "2.0", "id": "a", "method": "tools/list"},
    {"jsonrpc": "2.0", "id": 2, "method": "resources/read", "params": {"uri": "regmap://about"}},
    {
        "jsonrpc": "2.0",
        "id": 3,
        "method": "resources/read",
        "params": {"uri": "regmap://jurisdictions/US-TN"},
    },
    {
        "jsonrpc": "2.0",
        "id": 4,
        "method": "prompts/get",
        "params": {"name": "quote_the_record", "arguments": {"question": "x"}},
    },
    {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
    {"jsonrpc": "2.0", "id": 5, "method": "ping"},
]


def _message_shapes() -> st.SearchStrategy[bytes]:
    return st.lists(altered(_MESSAGES).map(json_bytes), max_size=3).map(b"\n".join)


_WORDS = (
    b'"', b"{", b"}", b"[", b"]", b",", b"null", b"1e999", b"NaN", b'"name"', b'"arguments"', b"\n",
    b'"id"', b'"method"', b'"params"', b'"jurisdiction"', b'"lat"', b"\\ud800", b"regmap://",
)  # fmt: skip

TARGETS = (
    Target(
        "mcp-calls",
        _calls,
        lambda: [json_bytes(one) for one in _CALLS],
        lambda: altered_json(_CALLS),
        _WORDS,
    ),
    Target(
        "mcp-lines",
        _lines,
        lambda: [json_bytes(one) for one in _MESSAGES],
        _message_shapes,
        _WORDS,
        inputs=60,
    ),
)
