"""Many locations: each is answered, in order, whatever they are cut into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.client import AsyncClient, BadAnswer
from tests.client.scripted import Script, answered

EMPTY: dict[str, Any] = {
    "effective": None,
    "layers": [],
    "possible": [],
    "near": [],
    "warnings": [],
}
KRATOM = {"substance": "kratom", "buyer_age": 30}


def body_of(request: httpx.Request) -> Any:
    return json.loads(request.content)


def echo(request: httpx.Request) -> httpx.Response:
    """Answer each item: the ZIP code as a warning, and an error for a null."""
    found: list[dict[str, Any]] = []
    for item in body_of(request)["items"]:
        named = {"id": item["id"]} if "id" in item else {}
        if item.get("zip") is None:
            found.append({**named, "error": {"status": 422, "title": "No", "detail": "Null."}})
        else:
            found.append({**named, **EMPTY, "warnings": [item["zip"]]})
    return answered({"items": found, "data_version": f"{len(found)}-v"})


@given(st.integers(0, 40), st.integers(1, 12), st.booleans())
def test_each_item_is_answered_in_order_however_they_are_cut(
    count: int, chunk: int, awaited: bool
) -> None:
    items = [{"id": number, "zip": f"{number:05}"} for number in range(count)]
    script = Script([echo])

    async def ask(client: AsyncClient) -> list[Any]:
        return [one async for one in client.status_batch(items, chunk=chunk)]

    if awaited:
        found = script.awaited(ask)
    else:
        with script.client() as client:
            found = list(client.status_batch(items, chunk=chunk))

    assert [(one.id, one.warnings) for one in found] == [
        (item["id"], (item["zip"],)) for item in items
    ]
    sizes = [len(body_of(one)["items"]) for one in script.asked]
    assert sizes == [chunk] * (count // chunk) + [count % chunk] * (count % chunk > 0)


def test_items_are_read_as_their_answers_are_used() -> None:
    taken = 0

    def items() -> Iterator[dict[str, str]]:
        nonlocal taken
        while True:
            taken += 1
            yield {"zip": "39701"}

    script = Script([echo])
    with script.client() as client:
        found = client.status_batch(items(), chunk=10)
        assert (taken, script.asked) == (0, [])
        for _ in range(11):
            next(found)

    assert taken == 20
    assert len(script.asked) == 2


def test_no_items_are_no_question() -> None:
    script = Script([echo])
    with script.client() as client:
        assert list(client.verdicts([], KRATOM)) == []

    assert script.asked == []


def test_a_missing_number_of_a_table_is_an_error_of_its_item_alone() -> None:
    script = Script([echo])
    with script.client() as client:
        bad, good = client.status_batch([{"lat": float("nan"), "lon": float("inf")}, {"zip": "1"}])

    assert body_of(script.asked[0])["items"][0] == {"lat": None, "lon": None}
    assert bad.error is not None
    assert (bad.error.status, bad.effective) == (422, None)
    assert (good.error, good.warnings, good.data_version) == (None, ("1",), "2-v")


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{**EMPTY, "id": 1}],
        [{**EMPTY, "id": 2}, {**EMPTY, "id": 1}],
        [{**EMPTY, "id": 1}, EMPTY],
        [{**EMPTY, "id": 1}, 3],
        [{**EMPTY, "id": 1}, {**EMPTY, "id": 2}, {**EMPTY, "id": 3}],
        None,
    ],
    ids=["none", "too few", "mixed up", "without its id", "no object", "too many", "no list"],
)
def test_answers_that_could_be_mixed_up_are_refused(items: Any) -> None:
    asked = [{"id": 1, "zip": "1"}, {"id": 2, "zip": "2"}]
    script = Script([answered({"items": items, "data_version": "1"})])

    with script.client() as client, pytest.raises(BadAnswer):
        list(client.status_batch(asked))


def test_what_is_asked_of_all_items_is_asked_with_each_chunk() -> None:
    script = Script([echo])
    with script.client() as client:
        asked = client.status_batch([{"zip": "1"}] * 3, substance="7-oh", on="2020-01-01", chunk=2)
        assert len(list(asked)) == 3

    for one in script.asked:
        question = body_of(one)
        assert (question["substance"], question["on"]) == ("7-oh", "2020-01-01")


@pytest.mark.parametrize("chunk", [0, -1])
def test_chunks_of_nothing_are_refused(chunk: int) -> None:
    with Script([echo]).client() as client, pytest.raises(ValueError, match="none"):
        client.status_batch([{"zip": "1"}], chunk=chunk)
