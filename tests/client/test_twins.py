"""The client that is awaited is answered what the one that waits is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from regmap.client import AsyncClient, Client
from tests.waiting import finished

TWICE: dict[str, Callable[[Any], Any]] = {
    "status": lambda one: one.status(zip="39701"),
    "status_batch": lambda one: one.status_batch([{"zip": "39701"}, {"zip": "x"}]),
    "status_batch_full": lambda one: one.status_batch_full([{"zip": "39701"}]),
    "route": lambda one: one.route(stops=[{"zip": "39701"}, {"zip": "35203"}]),
    "jurisdictions": lambda one: one.jurisdictions(page_size=100),
    "jurisdiction": lambda one: one.jurisdiction("US-MS"),
    "history": lambda one: one.history("US-MS"),
    "boundary": lambda one: one.boundary("US-MS"),
    "changes": lambda one: one.changes(level="state"),
    "revisions": lambda one: one.revisions(since=600),
    "versions": lambda one: one.versions(),
    "version_diff": lambda one: one.version_diff("600"),
    "codebook": lambda one: one.codebook(),
    "search": lambda one: one.search("birm"),
    "map": lambda one: one.map(level="state"),
    "corrections": lambda one: one.corrections(),
}


@pytest.mark.parametrize("ask", TWICE.values(), ids=TWICE)
def test_both_clients_are_answered_the_same(
    regmap: Client, address: str, ask: Callable[[Any], Any]
) -> None:
    async def asking() -> Any:
        async with AsyncClient(address) as client:
            asked = ask(client)
            if hasattr(asked, "__aiter__"):
                return [one async for one in asked]
            return await asked

    found = ask(regmap)

    assert finished(asking()) == (list(found) if hasattr(found, "__next__") else found)


def test_both_clients_have_the_same_calls() -> None:
    calls = {name for name in vars(Client) if not name.startswith("_")}

    assert {name for name in vars(AsyncClient) if not name.startswith("_")} == calls
    assert calls - {"close"} == set(TWICE) | {
        "verdicts", "export", "submit_correction", "correction", "add", "withdraw",
    }  # fmt: skip
    for name in calls - {"close"}:
        assert getattr(Client, name).__doc__ == getattr(AsyncClient, name).__doc__
        assert getattr(Client, name).__doc__
