"""A server that answers from a script, and time that passes only when somebody waits."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from regmap.client import AsyncClient, Client, Patience
from tests.waiting import finished

ADDRESS = "http://regmap.example:8000"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def answered(body: Any = None, status: Any = 200, **headers: str) -> httpx.Response:
    """A JSON answer; an underscore in a header's name is a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps({} if body is None else body).encode()
    return httpx.Response(
        status,
        stream=httpx.ByteStream(content),
        headers={"Content-Type": "application/json"} | named,
    )


def a_problem(
    status: int, errors: dict[str, list[str]] | None = None, **headers: str
) -> httpx.Response:
    """A problem document."""
    body = {"type": "about:blank", "title": "No", "status": status, "detail": "It is so."}
    if errors is not None:
        body["errors"] = errors
    return answered(body, status, **{"Content-Type": "application/problem+json"} | headers)


@dataclass
class Script:
    """What is answered, one after another; the last one again and again. Keeps what was asked."""

    answers: list[Answer]
    asked: list[httpx.Request] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    took: float = 0.0
    """Seconds that each answer takes."""
    clock: float = 1000.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        answer = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(request)
        self.clock += self.took
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.waited.append(seconds)
        self.clock += seconds

    def now(self) -> datetime:
        """Noon, and what has passed since."""
        return NOON + timedelta(seconds=self.clock - 1000.0)

    def client(self, **settings: Any) -> Client:
        """A client of this server; its chance is always the worst."""
        return Client(
            ADDRESS,
            transport=httpx.MockTransport(self),
            sleep=self.sleep,
            clock=lambda: self.clock,
            now=self.now,
            **{"patience": Patience(chance=lambda: 1.0)} | settings,
        )

    def awaited(self, ask: Callable[[AsyncClient], Awaitable[Any]], **settings: Any) -> Any:
        """What an asynchronous client of this server makes of a question."""

        async def sleep(seconds: float) -> None:
            self.sleep(seconds)

        async def asking() -> Any:
            async with AsyncClient(
                ADDRESS,
                transport=httpx.MockTransport(self),
                sleep=sleep,
                clock=lambda: self.clock,
                now=self.now,
                **{"patience": Patience(chance=lambda: 1.0)} | settings,
            ) as client:
                return await ask(client)

        return finished(asking())


def asked_paths(script: Script) -> Iterator[str]:
    """The paths that were asked, without the prefix."""
    for request in script.asked:
        yield request.url.path.removeprefix("/api/v1")


_PARTS = """
    substances statuses rules levels confidences source_kinds extents matches product_forms
    verdicts verdict_effects verdict_rules directions permissions
"""
CODEBOOK: dict[str, list[Any]] = {name: [] for name in _PARTS.split()}
"""The least that is a codebook."""
