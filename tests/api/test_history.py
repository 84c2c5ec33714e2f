"""``GET /jurisdictions/{id}/history``: every record file is found in full, field by field."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Ask

PERIOD_TEXTS = (
    "from", "to", "status", "min_age", "schedule", "possession", "sale", "summary", "citation",
    "instrument", "penalty", "confidence", "extent",
)  # fmt: skip
SOURCE_TEXTS = ("title", "url", "publisher", "kind", "published")


def _sources(written: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: source.get(name) for name in SOURCE_TEXTS} for source in written]


def _period(written: dict[str, Any]) -> dict[str, Any]:
    period = {name: written.get(name) for name in PERIOD_TEXTS}
    ending = written.get("ended_by")
    ended_by = ending and {
        **{name: ending.get(name) for name in ("summary", "citation", "instrument")},
        "sources": _sources(ending["sources"]),
    }
    return {
        **period,
        "rules": written.get("rules", {}),
        "sources": _sources(written["sources"]),
        "ended_by": ended_by,
    }


def _record(written: dict[str, Any]) -> dict[str, Any]:
    return {
        "periods": [_period(period) for period in written["periods"]],
        "pending": [
            {name: bill.get(name) for name in ("title", "stage", "as_of", "url")}
            for bill in written.get("pending", [])
        ],
        "evidence_as_of": written["evidence_as_of"],
        "note": written.get("note"),
    }


def test_every_record_file_is_found_through_the_api_field_by_field(
    ask: Ask, record_files: dict[str, dict[str, Any]]
) -> None:
    asked = 0
    for id, document in record_files.items():
        for substance, body in document["records"].items():
            history = ask(f"/jurisdictions/{id}/history", substance=substance)
            expected = _record(body)

            found = {name: history[name] for name in expected}
            found["periods"] = [{"ended_by": None, **period} for period in found["periods"]]
            assert found == expected, (id, substance)
            assert history["jurisdiction"] == {
                "id": id,
                "name": document["name"],
                "level": document["level"],
            }
            assert history["substance"] == substance
            assert [edit["reason"] for edit in history["revisions"]] == ["First load"]
            asked += 1
    assert asked > 300


def test_what_is_absent_from_an_answer_was_absent_from_the_file(
    record_files: dict[str, dict[str, Any]],
) -> None:
    """Guards the test above: the files hold every kind of field that it compares."""
    records = [body for file in record_files.values() for body in file["records"].values()]
    periods = [period for record in records for period in record["periods"]]

    assert {name for period in periods for name in period} == {
        *PERIOD_TEXTS, "rules", "sources", "ended_by",
    }  # fmt: skip
    assert {name for record in records for name in record} == {
        "periods", "pending", "evidence_as_of", "note",
    }  # fmt: skip
    assert any(not record["periods"] for record in records)
    assert any(not period["sources"] for period in periods)


def test_a_history_without_a_record_is_empty_and_not_missing(ask: Ask) -> None:
    history = ask("/jurisdictions/CU/history")

    assert history["periods"] == history["revisions"] == history["pending"] == []
    assert history["evidence_as_of"] is None


def test_a_history_before_the_first_load_is_empty(ask: Ask) -> None:
    history = ask("/jurisdictions/US-AL/history", known_at="2020-01-01")

    assert history["periods"] == history["revisions"] == []
