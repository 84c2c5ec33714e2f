"""The vocabulary is a promise to clients: these are its codes, and what they mean stands apart."""

from itertools import combinations

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE

from regmap.domain import vocabulary
from regmap.domain.vocabulary import (
    CONFIDENCES,
    EXTENTS,
    LEVELS,
    MATCHES,
    POSSESSION_VALUES,
    RULES,
    SALE_VALUES,
    SOURCE_KINDS,
    STATUSES,
    Level,
    Permission,
    Status,
)

PERMITTED = {
    "prohibited": ({"prohibited"}, {"prohibited"}),
    "sale_prohibited": ({"allowed"}, {"prohibited", "restricted"}),
    "controlled": ({"allowed", "prohibited", "unknown"}, {"prohibited", "restricted"}),
    "regulated": ({"allowed"}, {"allowed", "restricted"}),
    "unregulated": ({"allowed"}, {"allowed", "restricted"}),
    "unknown": (
        {"allowed", "prohibited", "unknown"},
        {"allowed", "restricted", "prohibited", "unknown"},
    ),
}

# The distance (CAM02-UCS) that any two fills keep, by who looks at them.
SIGHTS = {
    "full": 20.0,
    "deuteranomaly": 17.0,
    "protanomaly": 17.0,
    "tritanomaly": 17.0,
    "grey": 9.0,
}


def test_the_statuses_run_from_the_most_restrictive_to_unknown() -> None:
    assert {status.value: entry.fill for status, entry in STATUSES.items()} == {
        "prohibited": "#4D111B",
        "sale_prohibited": "#A83D03",
        "controlled": "#A2678B",
        "regulated": "#419FE4",
        "unregulated": "#9DD6EC",
        "unknown": "#FFFFFF",
    }
    assert list(STATUSES) == list(Status)
    assert [status for status, entry in STATUSES.items() if entry.hatched] == [Status.UNKNOWN]


@pytest.mark.parametrize("status", Status)
def test_a_status_allows_the_permissions_that_the_contract_gives_it(status: Status) -> None:
    entry = STATUSES[status]

    assert (set(entry.possession), set(entry.sale)) == PERMITTED[status]


def test_possession_is_never_restricted() -> None:
    assert Permission.RESTRICTED not in POSSESSION_VALUES
    assert set(Permission) == SALE_VALUES


def test_the_levels_run_from_the_country_to_the_place() -> None:
    assert [level.value for level in LEVELS] == [
        "country",
        "state",
        "territory",
        "district",
        "county",
        "tribal",
        "place",
    ]


def test_only_states_and_countries_pre_empt_and_never_tribal_land() -> None:
    assert {"state", "country"} == vocabulary.PREEMPTING_LEVELS
    assert {"county", "place"} == vocabulary.PREEMPTIBLE_LEVELS
    assert {"country", "state", "territory", "district"} == vocabulary.UPPER_LEVELS
    bound = {name: set(rule.levels) for name, rule in RULES.items() if rule.levels is not None}
    assert bound == {"preempts_local": {Level.STATE, Level.COUNTRY}}


def test_the_rules_are_flags_but_for_three_numbers_and_a_text() -> None:
    kinds = {name: rule.kind for name, rule in RULES.items() if rule.kind != "flag"}

    assert kinds == {
        "seven_oh_cap_percent": "number",
        "seven_oh_cap_ppm": "number",
        "serving_limit_mg": "number",
        "special_tax": "text",
    }
    assert {name for name in RULES if name not in kinds} == {
        "kcpa",
        "labeling",
        "lab_testing",
        "product_registration",
        "retail_license",
        "adulterant_ban",
        "synthetic_ban",
        "forms_limited",
        "vape_ban",
        "marketing_to_minors_ban",
        "health_claims_ban",
        "behind_counter",
        "delivery_age_check",
        "preempts_local",
    }


def test_the_smaller_code_lists_are_complete_and_in_order() -> None:
    assert [kind.value for kind in SOURCE_KINDS] == [
        "statute",
        "bill",
        "rule",
        "ordinance",
        "court",
        "government",
        "research",
        "news",
        "advocacy",
        "vendor",
    ]
    assert [one.value for one in CONFIDENCES] == ["high", "medium", "low"]
    assert [one.value for one in EXTENTS] == ["whole", "unincorporated"]
    assert [one.value for one in MATCHES] == ["inside", "nearest", "possible"]
    assert [one.value for one in Permission] == ["allowed", "restricted", "prohibited", "unknown"]


def test_the_stricter_a_status_the_darker_its_fill() -> None:
    lightness = [float(_seen(entry.fill, "grey")[0]) for entry in STATUSES.values()]

    assert lightness == sorted(lightness)


@pytest.mark.parametrize("sight", SIGHTS)
def test_any_two_fills_can_be_told_apart_by_every_eye(sight: str) -> None:
    seen = {status: _seen(entry.fill, sight) for status, entry in STATUSES.items()}

    distance = {
        (one.value, other.value): float(deltaE(seen[one], seen[other], "CAM02-UCS"))
        for one, other in combinations(seen, 2)
    }
    assert [pair for pair in distance if distance[pair] < SIGHTS[sight]] == []


def _seen(fill: str, sight: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """The fill as that eye sees it, in CAM02-UCS: lightness, and two axes of colour."""
    rgb = np.array([int(fill[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    if sight == "grey":
        seen = cspace_convert(rgb, "sRGB1", "CAM02-UCS") * np.array([1.0, 0.0, 0.0])
    elif sight == "full":
        seen = cspace_convert(rgb, "sRGB1", "CAM02-UCS")
    else:
        eye = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
        seen = cspace_convert(cspace_convert(rgb, eye, "sRGB1"), "sRGB1", "CAM02-UCS")
    return np.asarray(seen, dtype=np.float64)
