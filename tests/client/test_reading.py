"""Documents as typed answers: what is unknown is ignored, what is wrong is named."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from regmap.client import BadAnswer, Effective, Period, Version
from regmap.client.reading import read
from regmap.client.records import LocalRules

VERSION = {
    "data_version": "1-a",
    "revision": 1,
    "recorded_at": "2026-11-23T12:00:00+00:00",
    "release": None,
    "correction": None,
    "reason": "First load",
}
RULE: dict[str, Any] = {"substance": "kratom", "level": "county", "count": 3}


def test_unknown_keys_are_ignored_and_null_is_none() -> None:
    found = read(Version, {**VERSION, "a field of tomorrow": {}})

    assert found.release is None
    assert found.recorded_at == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_code_of_tomorrow_is_passed_on() -> None:
    level: str = read(LocalRules, {**RULE, "level": "galaxy"}).level

    assert level == "galaxy"


def test_from_and_to_are_called_start_and_end() -> None:
    names = Period.__dataclass_fields__
    document = dict.fromkeys(names) | {
        "from": "2025-07", "to": None, "status": "regulated", "possession": "allowed",
        "sale": "restricted", "rules": {"kcpa": True}, "confidence": "high",
        "sources": [{"title": "Code", "url": "https://example.org", "kind": "statute"}],
    }  # fmt: skip

    found = read(Period, document)

    assert (found.start, found.end, found.rules["kcpa"]) == ("2025-07", None, True)
    assert found.sources[0].publisher is None


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({**RULE, "count": "3"}, "answer.count"),
        ({**RULE, "count": True}, "answer.count"),
        ({**RULE, "count": 3.5}, "answer.count"),
        ({**RULE, "substance": None}, "answer.substance"),
        ({**RULE, "level": 3}, "answer.level"),
        ({"substance": "kratom", "level": "county"}, "answer.count"),
        ([], "answer"),
        (None, "answer"),
    ],
)
def test_what_has_another_shape_is_named(document: Any, place: str) -> None:
    with pytest.raises(BadAnswer, match=rf"^{place} "):
        read(LocalRules, document)


@pytest.mark.parametrize("moment", ["", "2026-11-23", "2026-11-23T12:00:00", "noon", None, 3])
def test_a_moment_is_one_that_everybody_knows(moment: Any) -> None:
    with pytest.raises(BadAnswer, match="recorded_at"):
        read(Version, {**VERSION, "recorded_at": moment})


def test_what_lies_deep_is_named_by_its_path() -> None:
    document = dict.fromkeys(Effective.__dataclass_fields__) | {
        "status": "regulated",
        "strictest_possible": "regulated",
        "next_change": {"effective": 3},
    }

    with pytest.raises(BadAnswer, match=r"^answer\.next_change\.effective "):
        read(Effective, document)


def test_days_are_dates() -> None:
    from regmap.client.answers import StatusQuestion

    asked = {"substance": "kratom", "on": "2026-11-23", "known_at": None}

    assert read(StatusQuestion, asked).on == date(2026, 11, 23)
    with pytest.raises(BadAnswer, match="on"):
        read(StatusQuestion, {**asked, "on": "2026"})
