"""Lists in pages: nothing is lost or doubled, whatever the pages are cut into."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.client import AsyncClient, BadAnswer, DataMoved
from tests.client.scripted import Script, answered, asked_paths


def a_revision(number: int) -> dict[str, Any]:
    return {
        "revision": number,
        "recorded_at": "2026-11-23T12:00:00Z",
        "author": "ana",
        "reason": "",
        "release": None,
        "correction": None,
        "hash": "",
        "type": "record_corrected",
        "changes": [],
        "a field of tomorrow": 1,
    }


def a_jurisdiction(number: int) -> dict[str, Any]:
    codes = dict.fromkeys(("iso3166", "fips", "geoid", "ocd_id"))
    return {
        "id": f"X{number}",
        "name": "X",
        "level": "country",
        "parent": None,
        "codes": codes,
        "statuses": [],
        "url": "/",
    }


def pages_of(items: list[Any], cuts: list[int], **beside: Any) -> Script:
    """A server that gives a list in pages of these sizes, whatever is asked for."""
    starts = [0]
    for size in cuts:
        starts.append(starts[-1] + size)
    bounds = [*starts, max(starts[-1], len(items))]

    def page(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", "1"))
        found = items[bounds[number - 1] : bounds[number]]
        first = '</api/v1/revisions?page=1>; rel="first", '
        following = f'</api/v1/revisions?page={number + 1}>; rel="next"'
        link = first + following if number + 1 < len(bounds) else first.rstrip(", ")
        return answered({"items": found, **beside}, Link=link)

    return Script([page])


@given(st.integers(0, 60), st.lists(st.integers(0, 9), max_size=12), st.booleans())
def test_a_list_is_whole_and_in_order_however_it_is_cut(
    count: int, cuts: list[int], awaited: bool
) -> None:
    script = pages_of([a_revision(number) for number in range(count)], cuts)

    async def read(client: AsyncClient) -> list[int]:
        return [one.revision async for one in client.revisions()]

    if awaited:
        found = script.awaited(read)
    else:
        with script.client() as client:
            found = [one.revision for one in client.revisions()]

    assert found == list(range(count))
    assert len(script.asked) == len(cuts) + 1


@given(st.lists(st.integers(0, 4), min_size=1, max_size=6), st.integers(1, 5))
def test_what_comes_in_at_the_head_meanwhile_doubles_nothing(coming: list[int], size: int) -> None:
    items = [a_revision(number) for number in range(20, 0, -1)]
    newest = 20

    def page(request: httpx.Request) -> httpx.Response:
        nonlocal newest
        number = int(request.url.params.get("page", "1"))
        found = items[(number - 1) * size : number * size]
        for _ in range(coming[number - 1] if number <= len(coming) else 0):
            newest += 1
            items.insert(0, a_revision(newest))
        more = number * size < len(items)
        link = {"Link": f'</api/v1/revisions?page={number + 1}>; rel="next"'} if more else {}
        return answered({"items": found}, **link)

    with Script([page]).client() as client:
        found = [one.revision for one in client.revisions()]

    assert len(set(found)) == len(found)
    assert [one for one in found if one <= 20] == list(range(20, 0, -1))


def test_pages_are_asked_for_as_they_are_needed() -> None:
    script = pages_of([a_revision(number) for number in range(10)], [2, 2, 2])
    with script.client() as client:
        listed = client.revisions()
        assert script.asked == []
        next(listed)
        next(listed)
        assert len(script.asked) == 1
        next(listed)

    assert len(script.asked) == 2


def test_a_list_ends_where_the_data_set_moves_meanwhile() -> None:
    pages = [
        answered(
            {"items": [a_jurisdiction(number)], "data_version": version},
            Link=f'</api/v1/jurisdictions?page={number + 1}>; rel="next"',
        )
        for number, version in enumerate(["1-a", "1-a", "2-b"], 1)
    ]

    with Script(list(pages)).client() as client:
        listed = client.jurisdictions()
        assert [next(listed).id, next(listed).id] == ["X1", "X2"]
        with pytest.raises(DataMoved, match="1-a to 2-b"):
            next(listed)


@pytest.mark.parametrize("body", [[], {}, {"items": {}}, {"items": [3]}, {"items": [{}]}])
def test_a_page_in_another_shape_is_told(body: Any) -> None:
    with Script([answered(body)]).client() as client, pytest.raises(BadAnswer):
        list(client.revisions())


def test_filters_are_kept_on_further_pages() -> None:
    script = Script(
        [
            answered({"items": []}, Link='<?level=state%2Ccounty&page=2>; rel="next"'),
            answered({"items": []}),
        ]
    )
    with script.client() as client:
        list(client.jurisdictions(level=["state", "county"], bbox=(-1e-7, -2, 3.5, 4)))

    first, second = (dict(one.url.params) for one in script.asked)
    assert first == {"level": "state,county", "bbox": "-0.0000001,-2,3.5,4", "page_size": "200"}
    assert second == {"level": "state,county", "page": "2"}
    assert list(asked_paths(script)) == ["/jurisdictions"] * 2
