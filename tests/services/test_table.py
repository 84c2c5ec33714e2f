"""The table: its rows say what the answers say; filters narrow it, columns sort it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.dates import PartialDate
from regmap.domain.errors import UnknownJurisdiction
from regmap.domain.jurisdictions import Jurisdiction
from regmap.domain.vocabulary import UPPER_LEVELS, Confidence, Level, Status
from regmap.http.context import source_of, today
from regmap.services.bundle import Services
from regmap.services.table import (
    Column,
    EvidenceAge,
    Row,
    Wanted,
    months_before,
    sorted_rows,
)
from tests.served import shared_app

DAY = date(2026, 11, 23)
KNOWN: dict[Column, Any] = {
    Column.AGE: lambda row: row.min_age,
    Column.SINCE: lambda row: row.since,
    Column.EVIDENCE: lambda row: row.verified,
    Column.NEXT: lambda row: row.next_change,
    Column.CONFIDENCE: lambda row: row.confidence,
    Column.PARENT: lambda row: row.parent,
    Column.GOVERNED_BY: lambda row: row.governed_by,
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Services:
    """The services over the real records."""
    return source_of(shared_app(tmp_path_factory)).current()


def name_of(jurisdiction: Jurisdiction) -> str:
    return jurisdiction.name


def rows(asked: Services, wanted: Wanted | None = None, substance: str = "kratom") -> list[Row]:
    chosen = asked.snapshot.substances[substance]
    return asked.tables.chosen(wanted or Wanted(), chosen, DAY, name_of)


def ids(found: list[Row]) -> list[str]:
    return [row.jurisdiction.id for row in found]


def test_the_table_has_all_upper_levels_and_whatever_has_a_record(asked: Services) -> None:
    found = set(ids(rows(asked)))

    upper = {one.id for one in asked.snapshot.tree if one.level in UPPER_LEVELS}
    assert found == upper | set(asked.snapshot.own)


@pytest.mark.parametrize("substance", ["kratom", "7-oh"])
def test_a_row_says_what_the_answer_says(asked: Services, substance: str) -> None:
    chosen = asked.snapshot.substances[substance]
    for row in rows(asked, substance=substance):
        resolution = asked.lookup.at_jurisdiction(row.jurisdiction.id, chosen, DAY).resolution
        assert resolution is not None
        assert row.status is resolution.status
        if resolution.governing is None:
            assert (row.governed_by, row.confidence, row.verified) == (None, None, None)
        else:
            assert row.governed_by == resolution.governing.jurisdiction


def test_the_rows_of_a_day_are_made_once(asked: Services) -> None:
    kratom = asked.snapshot.substances["kratom"]

    assert asked.tables.rows(kratom, DAY) is asked.tables.rows(kratom, DAY)


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (Wanted(levels=frozenset({Level.COUNTY})), lambda row: row.jurisdiction.level == "county"),
        (Wanted(statuses=frozenset({Status.UNKNOWN})), lambda row: row.status == "unknown"),
        (Wanted(confidences=frozenset({Confidence.LOW})), lambda row: row.confidence == "low"),
        (Wanted(evidence=EvidenceAge.NOT_KNOWN), lambda row: row.verified is None),
        (Wanted(parent="US-MS"), lambda row: row.jurisdiction.parent == "US-MS"),
        (Wanted(with_bill=True), lambda row: row.bills > 0),
        (Wanted(with_change=True), lambda row: row.next_change is not None),
        (
            Wanted(levels=frozenset({Level.STATE}), statuses=frozenset({Status.PROHIBITED})),
            lambda row: row.jurisdiction.level == "state" and row.status == "prohibited",
        ),
    ],
    ids=["level", "status", "confidence", "no date", "parent", "bill", "change", "two at once"],
)
def test_a_filter_lets_pass_just_what_it_names(asked: Services, wanted: Wanted, holds: Any) -> None:
    everything = rows(asked)

    assert ids(rows(asked, wanted)) == [row.jurisdiction.id for row in everything if holds(row)]
    assert 0 < len(rows(asked, wanted)) < len(everything)


def test_the_younger_the_evidence_must_be_the_fewer_pass(asked: Services) -> None:
    ages = [EvidenceAge.HALF_A_YEAR, EvidenceAge.ONE_YEAR, EvidenceAge.TWO_YEARS]
    passing = [set(ids(rows(asked, Wanted(evidence=age)))) for age in ages]

    assert passing[0] <= passing[1] <= passing[2]
    limit = months_before(today(), 24)
    for row in rows(asked, Wanted(evidence=EvidenceAge.TWO_YEARS)):
        assert row.verified is not None
        assert row.verified.first_day >= limit


@pytest.mark.parametrize("text", ["cote d'ivoire", "Côte d’Ivoire", "CI", "ivoire"])
def test_a_text_finds_names_however_they_are_written_and_ids(asked: Services, text: str) -> None:
    def french(jurisdiction: Jurisdiction) -> str:
        return "Côte d’Ivoire" if jurisdiction.id == "CI" else jurisdiction.name

    kratom = asked.snapshot.substances["kratom"]
    assert "CI" in ids(asked.tables.chosen(Wanted(text=text), kratom, DAY, french))


@pytest.mark.parametrize("text", ["…", "zzzz"])
def test_a_text_that_nothing_is_called_finds_nothing(asked: Services, text: str) -> None:
    assert rows(asked, Wanted(text=text)) == []


def test_an_unknown_parent_is_named(asked: Services) -> None:
    with pytest.raises(UnknownJurisdiction) as raised:
        rows(asked, Wanted(parent="XX"))

    assert raised.value.field == "parent"


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", Column)
def test_every_column_sorts_all_rows_and_what_is_not_known_comes_last(
    asked: Services, column: Column, descending: bool
) -> None:
    everything = rows(asked)
    found = sorted_rows(everything, column, name_of, descending=descending)

    assert sorted(ids(found)) == sorted(ids(everything))
    if column in KNOWN:
        known = [KNOWN[column](row) is not None for row in found]
        assert known == sorted(known, reverse=True)


def test_statuses_run_from_the_most_restrictive_and_ties_by_name(asked: Services) -> None:
    found = sorted_rows(rows(asked), Column.STATUS, name_of)
    order = list(Status)

    places = [order.index(row.status) for row in found]
    assert places == sorted(places)
    prohibited = [row.jurisdiction.name for row in found if row.status is Status.PROHIBITED]
    assert prohibited.index("Alabama") < prohibited.index("Arkansas") < prohibited.index("Vermont")


def test_sorting_backwards_keeps_ties_in_the_order_of_their_names(asked: Services) -> None:
    found = sorted_rows(rows(asked), Column.LEVEL, name_of, descending=True)

    countries = [row.jurisdiction.name for row in found if row.jurisdiction.level == "country"]
    assert found[-1].jurisdiction.level is Level.COUNTRY
    assert countries.index("Albania") < countries.index("Zimbabwe")


def test_since_sorts_by_the_first_day_of_what_is_known(asked: Services) -> None:
    found = sorted_rows(rows(asked), Column.SINCE, name_of, descending=True)

    known = [row.since for row in found if row.since is not None]
    assert known == sorted(known, reverse=True)
    assert isinstance(known[0], PartialDate)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 11, 23), 12, date(2025, 11, 23)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
    ],
)
def test_months_before_a_day(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


@given(st.dates(date(1800, 1, 1), date(2200, 1, 1)), st.integers(1, 24))
def test_months_before_are_about_a_month_long(day: date, months: int) -> None:
    assert 28 * months <= (day - months_before(day, months)).days <= 31 * months + 3
