"""What the tests of the assistants' server share: ``regmap mcp`` as a process, and a client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from flask.testing import FlaskClient
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp.types import CallToolResult

from regmap.settings import ROOT
from tests.e2e.process import REGMAP, environment
from tests.served import shared_app, shared_database, shared_folder


@dataclass(frozen=True)
class Session:
    """A session of the SDK's own client with a server process."""

    client: Client
    portal: BlockingPortal

    def call(self, tool: str, **arguments: Any) -> CallToolResult:
        """Call a tool; the client holds the answer to the tool's output schema."""

        async def call() -> CallToolResult:
            return await self.client.call_tool(tool, arguments)

        return self.portal.call(call)

    def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The answer of a tool that must have gone well."""
        result = self.call(tool, **arguments)
        assert not result.is_error, result.content
        content = result.structured_content
        assert isinstance(content, dict)
        return content

    def refused(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What is said of a call that must have been refused."""
        result = self.call(tool, **arguments)
        assert result.is_error
        [text] = result.content
        told: dict[str, Any] = json.loads(text.text)  # type: ignore[union-attr]  # it is text
        return told

    def read(self, uri: str) -> str:
        """The text of a resource."""

        async def read() -> str:
            [content] = (await self.client.read_resource(uri)).contents
            return content.text  # type: ignore[union-attr]  # it is text

        return self.portal.call(read)


@contextmanager
def session_on(settings: dict[str, str], log: Path) -> Iterator[Session]:
    """A session with a process of its own; what that writes to standard error goes into ``log``."""
    started = StdioServerParameters(command=str(REGMAP), args=["mcp"], env=settings, cwd=ROOT)
    with log.open("w") as errors, start_blocking_portal() as portal:
        client = Client(stdio_client(started, errors), cache=None)
        with portal.wrap_async_context_manager(client):
            yield Session(client, portal)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a server on the loaded database; no secret key is needed."""
    cache = shared_folder(tmp_path_factory) / "cache"
    return {**environment(shared_database(tmp_path_factory), cache), "REGMAP_SECRET_KEY": ""}


@pytest.fixture(scope="session")
def session(
    settings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Session]:
    """The session that most tests share."""
    with session_on(settings, tmp_path_factory.mktemp("mcp") / "errors.txt") as opened:
        yield opened


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The API on the same database."""
    return shared_app(tmp_path_factory).test_client()
