"""The resolution rules: the tables case by case, then what must be true of any spot at all."""

from collections.abc import Sequence
from datetime import date
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.resolution import (
    Layer,
    Resolution,
    is_stricter,
    resolve,
    stricter,
    unconfirmed_reach,
)
from regmap.domain.vocabulary import Extent, Match, Status
from tests.builders import DAY, SUBSTANCES, a_period, a_record, a_spot, records_of
from tests.domain import resolution_cases, resolution_cases_of_reach
from tests.domain.resolution_case import NATION, STATE, TOWN, Case, Says
from tests.domain.strategies import situations

CASES = (*resolution_cases.CASES, *resolution_cases_of_reach.CASES)

UPPER = {"country", "state", "territory", "district"}
STRICTEST_FIRST = (
    "prohibited",
    "sale_prohibited",
    "controlled",
    "unknown",
    "regulated",
    "unregulated",
)


def resolved(says: Sequence[Says], substance: str = "kratom") -> Resolution:
    """The answer for a spot where these jurisdictions say these things."""
    record_of = records_of(*(record for one in says for record in one.records))
    return resolve([one.spot for one in says], SUBSTANCES[substance], DAY, record_of)


def ids(layers: Sequence[Layer]) -> list[str]:
    return [layer.jurisdiction.id for layer in layers]


def rank(status: str) -> int:
    return STRICTEST_FIRST.index(status)


def speaks(layer: Layer) -> bool:
    """Whether rule 4 compares the layer's status: its own reading of the rule, on purpose."""
    if layer.period is None or layer.preempted:
        return False
    return layer.period.status.value != "unknown" or layer.jurisdiction.level.value in UPPER


def is_upper(layer: Layer) -> bool:
    """Whether the layer is a country, state, territory or district."""
    return layer.jurisdiction.level.value in UPPER


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
@pytest.mark.parametrize("order", ["widest first", "narrowest first"])
def test_the_answer_is_what_the_rules_ask_for(case: Case, order: str) -> None:
    says = case.says if order == "widest first" else case.says[::-1]

    answer = resolved(says, case.substance)

    governing = answer.governing.jurisdiction.id if answer.governing else None
    assert (answer.status, governing, answer.min_age) == (case.status, case.by, case.age)
    assert answer.strictest_possible == (case.strictest or case.status)
    widest_first = sorted(case.says, key=lambda one: one.height)
    certain = [one.id for one in widest_first if one.id not in case.possible]
    assert ids(answer.layers) == certain
    assert ids(answer.possible) == list(case.possible)
    listed = (*answer.layers, *answer.possible)
    assert ids([layer for layer in listed if layer.preempted]) == list(case.preempted)
    assert ids([layer for layer in listed if layer.inherited]) == list(case.inherited)


def test_the_titles_of_the_cases_are_all_different() -> None:
    assert len({case.title for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("seven_oh", "kratom"), list(product([None, *Status], [None, *Status])), ids=str
)
def test_7_oh_falls_back_to_the_plant_by_rule_2(
    seven_oh: Status | None, kratom: Status | None
) -> None:
    [layer] = resolved([Says(id=STATE, kratom=kratom, seven_oh=seven_oh)], "7-oh").layers

    reaches_through = kratom in ("prohibited", "sale_prohibited", "controlled")
    inherits = seven_oh is None or (seven_oh == "unknown" and reaches_through)
    expected = kratom if inherits else seven_oh
    assert (layer.period.status if layer.period else None) == expected
    assert layer.inherited == (inherits and kratom is not None)
    assert layer.record is None or layer.record.substance == ("kratom" if inherits else "7-oh")


def test_the_record_of_a_layer_is_the_one_whose_period_holds() -> None:
    plant = a_record(STATE, "prohibited", evidence_as_of="2026-05")
    extract = a_record(STATE, "unknown", substance="7-oh", evidence_as_of="2025-01")

    answer = resolve([a_spot(STATE)], SUBSTANCES["7-oh"], DAY, records_of(plant, extract))

    assert answer.governing is not None
    assert answer.governing.record is plant


def test_the_7_oh_status_falls_back_day_by_day() -> None:
    plant = a_record(STATE, a_period("unregulated", None, "2020"), a_period("controlled", "2020"))
    extract = a_record(STATE, a_period("regulated", "2022", "2024"), substance="7-oh")

    def on(year: int) -> tuple[Status, bool]:
        record_of = records_of(plant, extract)
        answer = resolve([a_spot(STATE)], SUBSTANCES["7-oh"], date(year, 1, 1), record_of)
        return answer.status, answer.layers[0].inherited

    assert on(2019) == ("unregulated", True)
    assert on(2020) == ("controlled", True)
    assert on(2022) == ("regulated", False)
    assert on(2024) == ("controlled", True)


def test_pre_emption_counts_only_while_it_is_law() -> None:
    state = a_record(
        STATE,
        a_period("regulated", None, "2026-01-02"),
        a_period("regulated", "2026-01-02", rules={"preempts_local": True}),
    )
    town = a_record(TOWN, "prohibited")

    def on(day: date) -> Status:
        spots = [a_spot(STATE), a_spot(TOWN)]
        return resolve(spots, SUBSTANCES["kratom"], day, records_of(state, town)).status

    assert (on(date(2026, 1, 1)), on(date(2026, 1, 2))) == ("prohibited", "regulated")


def test_nothing_at_all_is_unknown() -> None:
    assert resolved([]) == Resolution(Status.UNKNOWN, None, None, Status.UNKNOWN, (), ())


@pytest.mark.parametrize(("one", "other"), list(product(Status, Status)))
def test_the_stricter_of_two_statuses_is_by_the_order_of_rule_4(one: Status, other: Status) -> None:
    expected = one if rank(one) <= rank(other) else other

    assert stricter(one, other) is stricter(other, one) is expected


@pytest.mark.parametrize(("own", "other"), list(product(Status, Status)))
def test_a_layer_is_stricter_than_a_status_that_stands_below_its_own(
    own: Status, other: Status
) -> None:
    [layer] = resolved([Says(id=STATE, kratom=own)]).layers

    assert is_stricter(layer, other) == (rank(own) < rank(other))


@pytest.mark.parametrize(
    ("says", "unconfirmed"),
    [
        (Says(id="US-AA-x-county", kratom="prohibited", extent=None), True),
        (Says(id="US-AA-x-county", kratom="prohibited", extent=Extent.WHOLE), False),
        (Says(id="US-AA-x-county", extent=None), False),
        (Says(id=STATE, kratom="prohibited", extent=None), False),
        (Says(id=TOWN, kratom="prohibited", extent=None), False),
    ],
)
def test_only_a_county_rule_can_be_of_unconfirmed_reach(says: Says, unconfirmed: bool) -> None:
    [layer] = resolved([says]).layers

    assert unconfirmed_reach(layer) is unconfirmed


@given(situations())
def test_the_answer_is_never_more_lenient_than_a_counted_certain_layer(
    situation: tuple[list[Says], str],
) -> None:
    answer = resolved(*situation)

    for layer in answer.layers:
        if speaks(layer) and layer.period:
            assert rank(answer.status) <= rank(layer.period.status)


@given(situations())
def test_the_answer_is_that_of_the_first_widest_strictest_layer(
    situation: tuple[list[Says], str],
) -> None:
    answer = resolved(*situation)

    speaking = [layer for layer in answer.layers if speaks(layer)]
    if not any(is_upper(layer) for layer in speaking):
        # nothing is known of the country: only a local ban can be told for certain
        lawful = ("regulated", "unregulated")
        speaking = [one for one in speaking if one.period and one.period.status not in lawful]
    if not speaking:
        assert (answer.governing, answer.status) == (None, "unknown")
        return
    assert answer.governing in speaking
    assert answer.governing is not None
    assert answer.governing.period is not None
    assert answer.governing.period.status == answer.status
    equals = [one for one in speaking if one.period and one.period.status == answer.status]
    assert answer.governing == equals[0]


@given(situations())
def test_an_unknown_upper_layer_is_never_answered_as_lawful(
    situation: tuple[list[Says], str],
) -> None:
    answer = resolved(*situation)

    for layer in answer.layers:
        status = layer.period.status if layer.period else None
        if status == "unknown" and layer.jurisdiction.level in UPPER:
            assert answer.status not in ("regulated", "unregulated")


@given(situations())
def test_possible_layers_never_change_the_answer(situation: tuple[list[Says], str]) -> None:
    says, substance = situation
    answer = resolved(says, substance)

    without = resolved([one for one in says if one.id not in ids(answer.possible)], substance)

    assert without.status == without.strictest_possible == answer.status
    assert without.min_age == answer.min_age
    assert without.governing == answer.governing
    assert without.layers == answer.layers


@given(situations())
def test_the_strictest_possible_counts_every_possible_layer(
    situation: tuple[list[Says], str],
) -> None:
    answer = resolved(*situation)

    possible = [one.period.status for one in answer.possible if speaks(one) and one.period]
    assert answer.strictest_possible == min([answer.status, *possible], key=rank)


@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_the_layers_never_matters(
    situation: tuple[list[Says], str], random: Random
) -> None:
    says, substance = situation
    shuffled = random.sample(says, len(says))

    assert resolved(shuffled, substance) == resolved(says, substance)


@given(situations())
def test_pre_empted_layers_never_matter(situation: tuple[list[Says], str]) -> None:
    says, substance = situation
    answer = resolved(says, substance)
    preempted = ids([one for one in (*answer.layers, *answer.possible) if one.preempted])

    without = resolved([one for one in says if one.id not in preempted], substance)

    assert (without.status, without.min_age) == (answer.status, answer.min_age)
    assert without.governing == answer.governing
    assert without.strictest_possible == answer.strictest_possible


@given(situations())
def test_only_counties_and_places_are_pre_empted_and_then_all_of_them(
    situation: tuple[list[Says], str],
) -> None:
    answer = resolved(*situation)

    preempts = any(
        layer.jurisdiction.level in ("country", "state")
        and layer.period is not None
        and layer.period.rules.get("preempts_local") is True
        for layer in answer.layers
    )
    for layer in (*answer.layers, *answer.possible):
        local = layer.jurisdiction.level in ("county", "place")
        assert layer.preempted == (preempts and local)
    assert NATION not in ids([layer for layer in answer.layers if layer.preempted])


@given(situations())
def test_the_minimum_age_is_the_highest_of_the_counted_certain_layers(
    situation: tuple[list[Says], str],
) -> None:
    answer = resolved(*situation)

    ages = [one.period.min_age for one in answer.layers if one.period and not one.preempted]
    assert answer.min_age == max((age for age in ages if age is not None), default=None)


@given(situations())
def test_every_jurisdiction_is_listed_once_with_its_match(
    situation: tuple[list[Says], str],
) -> None:
    says, substance = situation
    answer = resolved(says, substance)

    assert sorted(ids((*answer.layers, *answer.possible))) == sorted(one.id for one in says)
    matches = {one.id: one.match for one in says}
    for layer in answer.layers:
        assert layer.match == matches[layer.jurisdiction.id] != Match.POSSIBLE
    for layer in answer.possible:
        stops = layer.period is not None and layer.period.extent == "unincorporated"
        assert layer.match == Match.POSSIBLE
        assert matches[layer.jurisdiction.id] == Match.POSSIBLE or stops


@given(situations())
def test_a_layer_without_a_period_counts_for_nothing(situation: tuple[list[Says], str]) -> None:
    says, substance = situation
    answer = resolved(says, substance)
    silent = ids([one for one in (*answer.layers, *answer.possible) if one.period is None])

    without = resolved([one for one in says if one.id not in silent], substance)

    assert (without.status, without.min_age) == (answer.status, answer.min_age)
    assert without.governing == answer.governing
    assert without.strictest_possible == answer.strictest_possible


def test_two_counties_of_the_same_status_give_the_same_answer_in_either_order() -> None:
    one, other = "US-AA-one-county", "US-AA-other-county"
    spots = [a_spot(one), a_spot(other)]
    record_of = records_of(a_record(one, "prohibited"), a_record(other, "prohibited"))

    forwards = resolve(spots, SUBSTANCES["kratom"], DAY, record_of)
    backwards = resolve(spots[::-1], SUBSTANCES["kratom"], DAY, record_of)

    assert forwards == backwards
