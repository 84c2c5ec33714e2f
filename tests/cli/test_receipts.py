"""``regmap verify-receipt``: what a shop filed, checked later."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from regmap.services.receipts import Receipts
from tests.cli.conftest import Run, assert_explained

KEY = "a key for tests"


def filed(count: int) -> list[dict[str, Any]]:
    """Items as the API serves them."""
    items: list[dict[str, Any]] = []
    for number in range(count):
        item: dict[str, Any] = {
            "id": number,
            "question": {"location": {"zip": "35203"}, "product": {"substance": "kratom"}},
            "verdict": "deny",
            "reasons": [{"rule": "status", "text": "Côte d'Ivoire"}],
            "data_version": "643-11493d377d92",
        }
        item["receipt"] = Receipts(KEY).issue(item, datetime(2026, 11, 23, tzinfo=UTC))
        items.append(item)
    return items


@pytest.fixture
def verify(run: Run, settings: dict[str, str], tmp_path: Path) -> Any:
    """Write a file and check it."""
    settings["REGMAP_SECRET_KEY"] = KEY

    def check(text: str) -> Any:
        file = tmp_path / "verdicts"
        file.write_text(text, encoding="utf-8")
        return run("verify-receipt", str(file))

    return check


def lines(items: list[dict[str, Any]]) -> str:
    return "\n".join(json.dumps(item) for item in items)


@pytest.mark.parametrize("form", ["as served", "lines"])
def test_receipts_that_hold_are_counted(verify: Any, form: str) -> None:
    items = filed(3)
    result = verify(json.dumps({"items": items}) if form == "as served" else lines(items))

    assert result.exit_code == 0, result.output
    assert "3 receipts checked, 3 good" in result.stdout


@pytest.mark.parametrize(
    ("altered", "told"),
    [
        ({"verdict": "allow"}, "answer"),
        ({"id": 7}, "question"),
        ({"question": {"location": {"zip": "35204"}}}, "question"),
        ({"receipt": "x" * 40}, "not a receipt"),
        ({"receipt": None}, "no receipt"),
    ],
)
def test_an_item_that_was_altered_is_named_by_its_line(
    verify: Any, altered: dict[str, Any], told: str
) -> None:
    items = filed(3)
    items[1] |= altered

    result = verify(lines(items))

    assert result.exit_code == 1
    assert "verdicts:2: item 1" in result.stderr
    assert told in result.stderr
    assert "3 receipts checked, 2 good" in result.stdout


def test_a_receipt_of_another_key_does_not_hold(verify: Any, settings: dict[str, str]) -> None:
    settings["REGMAP_SECRET_KEY"] = "another"

    result = verify(lines(filed(1)))

    assert result.exit_code == 1
    assert "another key" in result.stderr


def test_a_key_that_was_replaced_still_checks(verify: Any, settings: dict[str, str]) -> None:
    settings["REGMAP_SECRET_KEY"] = f"new, {KEY}"

    assert verify(lines(filed(2))).exit_code == 0


def test_without_the_key_nothing_can_be_checked(verify: Any, settings: dict[str, str]) -> None:
    settings["REGMAP_SECRET_KEY"] = ""

    assert_explained(verify(lines(filed(1))), 2, "REGMAP_SECRET_KEY")


@pytest.mark.parametrize("text", ["", "[]", "{", "verdict,receipt\nallow,x", '{"items": [NaN]}'])
def test_a_file_without_items_is_no_proof(verify: Any, text: str) -> None:
    assert verify(text).exit_code == 1


def test_the_key_is_never_shown(run: Run, settings: dict[str, str]) -> None:
    settings["REGMAP_SECRET_KEY"] = KEY

    shown = run("settings").stdout

    assert "REGMAP_SECRET_KEY" in shown
    assert KEY not in shown
