from datetime import date
from typing import Any

import pytest
from hypothesis import given

from regmap.domain.consistency import Problem, jurisdiction_problems, record_problems
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.records import Period, Record
from regmap.domain.vocabulary import STATUSES, Extent, Level, Permission, Status
from tests.builders import a_bill, a_jurisdiction, a_period, a_record, a_source, an_ending
from tests.domain.strategies import records

TODAY = date(2026, 6, 15)


def problems_of(*periods: Period, level: Level = Level.STATE) -> list[Problem]:
    return list(record_problems(a_record("US-TN", *periods), level, TODAY))


def problems_with(jurisdiction: Jurisdiction, *others: Jurisdiction) -> list[Problem]:
    known = {one.id: one for one in (jurisdiction, *others)}
    return list(jurisdiction_problems(jurisdiction, known))


@given(records())
def test_a_record_that_contradicts_nothing_has_no_problem(record: Record) -> None:
    assert list(record_problems(record, Level.STATE, TODAY)) == []


def test_periods_may_meet_and_may_leave_a_gap() -> None:
    one = a_period("unregulated", None, "2018")
    met, later = a_period("regulated", "2018", "2020-05"), a_period("prohibited", "2021")

    assert problems_of(one, met, later) == []


@pytest.mark.parametrize(
    ("earlier", "later", "field", "message"),
    [
        (("2018", "2020"), ("2019-12-31", None), "from", "2019-12-31 overlaps the period before"),
        (("2018", "2020-02"), ("2020", None), "from", "2020 overlaps the period before it, which"),
        (("2018", None), ("2020", None), "from", "starts while the period before it is still open"),
        ((None, None), ("2020", "2021"), "from", "starts while the period before it is still open"),
        (("2018", "2020"), (None, "2017"), "from", "only the first period may have no start"),
        (("2020", "2021"), ("2018", "2019"), "from", "2018 overlaps the period before it"),
    ],
)
def test_periods_out_of_order_are_told(
    earlier: tuple[str | None, str | None],
    later: tuple[str | None, str | None],
    field: str,
    message: str,
) -> None:
    [problem] = problems_of(a_period("regulated", *earlier), a_period("prohibited", *later))

    assert problem.path == ("periods", 1, field)
    assert message in problem.message


@pytest.mark.parametrize(
    ("start", "end"),
    [("2020", "2020"), ("2020", "2020-01-01"), ("2020-02", "2020"), ("2021", "2020")],
)
def test_a_period_ends_after_it_starts(start: str, end: str) -> None:
    [problem] = problems_of(a_period("regulated", start, end))

    assert problem == Problem(("periods", 0, "to"), f"{end} is not after the start, {start}")


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("said", Permission)
@pytest.mark.parametrize("field", ["possession", "sale"])
def test_permissions_fit_the_status(status: Status, said: Permission, field: str) -> None:
    entry = STATUSES[status]
    allowed = entry.possession if field == "possession" else entry.sale

    permissions: dict[str, Any] = {field: said}
    found = problems_of(a_period(status, **permissions))

    expected = Problem(("periods", 0, field), f"{said} contradicts the status {status}")
    fits = said == "unknown" or said in allowed
    assert found == ([] if fits else [expected])


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("value", [True, False])
def test_only_states_and_countries_say_whether_they_pre_empt(level: Level, value: bool) -> None:
    found = problems_of(a_period("regulated", rules={"preempts_local": value}), level=level)

    path = ("periods", 0, "rules", "preempts_local")
    expected = [Problem(path, f"cannot stand in the record of a {level}")]
    assert found == ([] if level in ("country", "state") else expected)


@pytest.mark.parametrize("level", Level)
def test_only_a_county_rule_stops_at_city_limits(level: Level) -> None:
    found = problems_of(a_period("regulated", extent=Extent.UNINCORPORATED), level=level)

    paths = [problem.path for problem in found]
    assert paths == ([] if level == "county" else [("periods", 0, "extent")])


def test_an_ending_stands_on_a_period_that_has_ended() -> None:
    open_end = a_period("prohibited", "2020", ended_by=an_ending())
    ended = a_period("prohibited", "2020", "2021", ended_by=an_ending())

    assert problems_of(open_end) == [
        Problem(("periods", 0, "ended_by"), "stands on a period that has not ended")
    ]
    assert problems_of(ended) == []


def test_no_source_is_published_in_the_future() -> None:
    late = a_source(published="2026-06-16")
    ended = a_period("prohibited", "2020", "2021", ended_by=an_ending("Repealed.", late))

    assert problems_of(a_period("regulated", sources=(a_source(), late))) == [
        Problem(("periods", 0, "sources", 1, "published"), "2026-06-16 lies in the future")
    ]
    assert [problem.path for problem in problems_of(ended)] == [
        ("periods", 0, "ended_by", "sources", 0, "published")
    ]


@pytest.mark.parametrize(
    ("day", "future"), [("2026-06-15", False), ("2026-06", False), ("2026-07", True)]
)
def test_no_evidence_and_no_bill_is_of_the_future(day: str, future: bool) -> None:
    record = a_record("US-TN", pending=(a_bill(as_of=day),), evidence_as_of=day)

    paths = [problem.path for problem in record_problems(record, Level.STATE, TODAY)]

    assert paths == ([("evidence_as_of",), ("pending", 0, "as_of")] if future else [])


def test_a_law_may_take_effect_in_the_future() -> None:
    assert problems_of(a_period("prohibited", "2027", "2028-01-01")) == []


@pytest.mark.parametrize(
    ("id", "level", "above"),
    [
        ("US", Level.COUNTRY, None),
        ("HK", Level.TERRITORY, None),
        ("US-TN", Level.STATE, "US"),
        ("US-PR", Level.TERRITORY, "US"),
        ("US-TN-knoxville", Level.PLACE, "US-TN"),
        ("US-TN-knox-county", Level.COUNTY, "US-TN"),
    ],
)
def test_a_jurisdiction_below_its_parent_is_in_order(
    id: str, level: Level, above: str | None
) -> None:
    others = [] if above is None else [a_jurisdiction(above)]

    assert problems_with(a_jurisdiction(id, level), *others) == []


def test_an_id_that_does_not_fit_the_level_is_told() -> None:
    [problem] = problems_with(a_jurisdiction("US-TN", Level.COUNTY), a_jurisdiction("US"))

    assert problem == Problem(("jurisdiction",), "'US-TN' is not the id of a county")


@pytest.mark.parametrize(
    ("jurisdiction", "message"),
    [
        (Jurisdiction("US-TN", "Tennessee", Level.STATE, None), "is None, but the id asks for"),
        (Jurisdiction("US-TN", "Tennessee", Level.STATE, "CA"), "is 'CA', but the id asks for"),
        (Jurisdiction("US", "USA", Level.COUNTRY, "CA"), "is 'CA', but the id asks for None"),
        (
            Jurisdiction("US-TN-knoxville", "Knoxville", Level.PLACE, "US"),
            "is 'US', but the id asks for 'US-TN'",
        ),
    ],
)
def test_a_parent_that_the_id_does_not_ask_for_is_told(
    jurisdiction: Jurisdiction, message: str
) -> None:
    above = [a_jurisdiction("US"), a_jurisdiction("CA"), a_jurisdiction("US-TN")]
    known = {**{one.id: one for one in above}, jurisdiction.id: jurisdiction}

    problem, *_ = jurisdiction_problems(jurisdiction, known)

    assert problem.path == ("parent",)
    assert message in problem.message


def test_a_parent_that_does_not_exist_is_told() -> None:
    assert problems_with(a_jurisdiction("US-TN")) == [
        Problem(("parent",), "no jurisdiction has the id 'US'")
    ]


def test_a_parent_of_no_higher_level_is_told() -> None:
    above = Jurisdiction("US-TN", "Tennessee", Level.PLACE, "US")

    [problem] = problems_with(a_jurisdiction("US-TN-knoxville"), above, a_jurisdiction("US"))

    assert problem == Problem(("parent",), "a place cannot stand below a place (US-TN)")


def test_parents_in_a_circle_are_told() -> None:
    one = Jurisdiction("US", "USA", Level.COUNTRY, "US-TN")
    other = Jurisdiction("US-TN", "Tennessee", Level.STATE, "US")

    for circling in (one, other):
        found = problems_with(circling, one, other)
        assert Problem(("parent",), "the parents run in a circle") in found


def test_a_circle_further_up_ends_the_climb() -> None:
    itself = Jurisdiction("US-TN", "Tennessee", Level.STATE, "US-TN")

    found = problems_with(a_jurisdiction("US-TN-knoxville"), itself)

    assert [problem.message for problem in found] == ["the parents run in a circle"]
