"""What cannot be used is refused with the field named, and the session goes on."""

from __future__ import annotations

from typing import Any

import pytest

from regmap.mcp.arguments import as_body, as_query
from tests.mcp.conftest import Session

PRODUCT = {"substance": "kratom"}

# A call, and the fields that its refusal names.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("status_at", {}, "jurisdiction lat lon place zip"),
    ("status_at", {"lat": 95, "lon": 0}, "lat"),
    ("status_at", {"lat": 35}, "lon"),
    ("status_at", {"lat": "35°", "lon": 0}, "lat"),
    ("status_at", {"lat": True, "lon": 0}, "lat"),
    ("status_at", {"lat": [1], "lon": {}}, "lat lon"),
    ("status_at", {"zip": 2134}, "zip"),
    ("status_at", {"zip": "00000"}, "zip"),
    ("status_at", {"place": ""}, "place"),
    ("status_at", {"place": "Nowhere at all"}, "place"),
    ("status_at", {"place": "x" * 201}, "place"),
    ("status_at", {"jurisdiction": "XX"}, "jurisdiction"),
    ("status_at", {"jurisdiction": "US", "zip": "39701"}, "jurisdiction"),
    ("status_at", {"jurisdiction": "US", "on": "yesterday"}, "on"),
    ("status_at", {"jurisdiction": "US", "on": "9999-01-01"}, "on"),
    ("status_at", {"jurisdiction": "US", "known_at": "2199-01-01"}, "known_at"),
    ("status_at", {"jurisdiction": "US", "substance": "coffee"}, "substance"),
    ("status_at", {"jurisdiction": "US", "date": "2020-01-01"}, "date"),
    ("history", {}, "jurisdiction"),
    ("history", {"jurisdiction": "XX"}, "jurisdiction"),
    ("history", {"jurisdiction": " "}, "jurisdiction"),
    ("history", {"jurisdiction": "US", "on": "2020-01-01"}, "on"),
    ("changes", {"from": "2026-01-02", "to": "2026-01-01"}, "to"),
    ("changes", {"type": "both"}, "type"),
    ("changes", {"level": "city"}, "level"),
    ("changes", {"page": 0}, "page"),
    ("changes", {"page_size": 51}, "page_size"),
    ("changes", {"page_size": 1.5}, "page_size"),
    ("verdict", {}, "items product"),
    ("verdict", {"items": [], "product": PRODUCT}, "items"),
    ("verdict", {"items": [{"jurisdiction": "US"}] * 501, "product": PRODUCT}, "items"),
    ("verdict", {"items": "US", "product": PRODUCT}, "items"),
    ("verdict", {"items": [{"jurisdiction": "US"}], "product": {}}, "product.substance"),
    (
        "verdict",
        {"items": [{"jurisdiction": "US"}], "product": {"substance": "tea"}},
        "product.substance",
    ),
    (
        "verdict",
        {"items": [{"jurisdiction": "US"}], "product": {**PRODUCT, "form": "brick"}},
        "product.form",
    ),
    ("jurisdiction", {"jurisdiction": "XX"}, "jurisdiction"),
    ("find_jurisdictions", {"bbox": "1,2,3"}, "bbox"),
    ("find_jurisdictions", {"status": "legal"}, "status"),
    ("find_jurisdictions", {"parent": "XX"}, "parent"),
    ("codebook", {"substance": "kratom"}, "substance"),
]


@pytest.mark.parametrize(("tool", "given", "fields"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_wrong_is_named_by_its_field(
    session: Session, tool: str, given: dict[str, Any], fields: str
) -> None:
    told = session.refused(tool, **given)

    assert sorted(told["errors"]) == fields.split()
    assert all(texts and all(texts) for texts in told["errors"].values())
    assert told["error"]


def test_a_tool_that_is_not_there_is_an_error_and_no_crash(session: Session) -> None:
    result = session.call("make_lawful")

    assert result.is_error
    assert session.ask("codebook")["answer"]["statuses"]


@pytest.mark.parametrize(
    "given",
    [
        {"lat": "35.05", "lon": "-90.05"},
        {"lat": 35.05, "lng": -90.05},
        {"lat": 35.05, "lon": -90.05, "zip": None, "on": None},
    ],
    ids=str,
)
def test_what_assistants_write_otherwise_is_understood(
    session: Session, given: dict[str, Any]
) -> None:
    assert session.ask("status_at", **given) == session.ask("status_at", lat=35.05, lon=-90.05)


def test_lists_that_come_as_text_are_read(session: Session) -> None:
    as_text = session.ask(
        "verdict", items='[{"jurisdiction": "US-TN"}]', product='{"substance": "kratom"}'
    )

    assert as_text == session.ask(
        "verdict", items=[{"jurisdiction": "US-TN"}], product={"substance": "kratom"}
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (100, "100"),
        (100.0, "100"),
        (1e-7, "0.0000001"),
        (1e21, "1" + "0" * 21),
        (-88.31, "-88.31"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        ("007", "007"),
    ],
)
def test_a_number_is_written_as_a_query_has_it(value: float | str, text: str) -> None:
    assert as_query({"lat": value, "zip": None}) == {"lat": text}


def test_text_that_is_no_json_is_left_alone() -> None:
    given = {"on": "2020-01-01", "items": "[1,", "product": "{kratom}", "known_at": None}

    assert as_body(given) == {"on": "2020-01-01", "items": "[1,", "product": "{kratom}"}
