"""Kinds of coming dates."""

from __future__ import annotations

import pytest

from regmap.domain.coming import ComingKind, is_emergency, kind_of
from regmap.domain.records import Period
from tests.builders import a_period

STARTS, ENDS, EXPIRES = ComingKind


def _emergency(status: str = "prohibited") -> Period:
    return a_period(status, instrument="Board of Pharmacy emergency rule of 2025")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, a_period("prohibited"), STARTS),
        (None, a_period("unregulated"), STARTS),
        (a_period("unregulated"), a_period("regulated"), STARTS),
        (a_period("regulated"), a_period("prohibited"), STARTS),
        (a_period("prohibited"), None, ENDS),
        (a_period("regulated"), a_period("unregulated"), ENDS),
        (a_period("regulated"), a_period("unknown"), ENDS),
        (a_period("unregulated"), None, STARTS),
        (a_period("unknown"), a_period("unregulated"), STARTS),
        (_emergency(), None, EXPIRES),
        (_emergency("unregulated"), None, EXPIRES),
        (_emergency(), a_period("unregulated"), EXPIRES),
        (_emergency(), a_period("prohibited"), STARTS),
        (a_period("prohibited"), _emergency(), STARTS),
    ],
)
def test_a_rule_that_follows_takes_effect_and_one_that_nothing_follows_ends(
    before: Period | None, after: Period | None, kind: ComingKind
) -> None:
    assert kind_of(before, after) is kind


@pytest.mark.parametrize(
    ("instrument", "expected"),
    [
        ("Emergency rule 2ER26-1", True),
        ("CS/HB 179 (2023); attorney general emergency rules", True),
        ("EMERGENCY Ord. O-20660", True),
        ("HB 12 (2026), with an emergency clause", False),
        ("non-emergency ordinance 5", False),
        ("Emergencyville Ord. 1", False),
        ("Act 41", False),
        (None, False),
    ],
)
def test_an_emergency_rule_is_known_by_its_instrument(
    instrument: str | None, expected: bool
) -> None:
    assert is_emergency(a_period("prohibited", instrument=instrument)) is expected
