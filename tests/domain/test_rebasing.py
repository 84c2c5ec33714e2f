"""Putting an old proposal on a record that has moved on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.amending import rebased, with_period
from regmap.domain.merging import same
from regmap.domain.records import Record
from regmap.domain.vocabulary import Confidence, Status
from tests.builders import a_bill, a_date, a_period, a_record, a_source
from tests.domain.amended import (
    LAST,
    OLD,
    RECORD,
    STATE,
    changed,
    is_sound,
    some,
    spans,
)
from tests.domain.strategies import (
    bills,
    records_of_one,
    texts,
)


@some
@given(st.none() | records_of_one(), records_of_one())
def test_a_proposal_on_the_present_state_is_that_proposal(
    base: Record | None, proposed: Record
) -> None:
    merged, clashes = rebased(base, base, proposed)

    assert same(merged, proposed)
    assert clashes == ()


@some
@given(records_of_one(), records_of_one())
def test_a_proposal_that_changes_nothing_changes_nothing(base: Record, present: Record) -> None:
    merged, clashes = rebased(base, present, base)

    assert same(merged, present)
    assert clashes == ()


@some
@given(records_of_one(), records_of_one())
def test_a_proposal_that_was_made_already_changes_nothing(base: Record, present: Record) -> None:
    merged, clashes = rebased(base, present, present)

    assert same(merged, present)
    assert clashes == ()


@some
@given(records_of_one(), records_of_one(), records_of_one())
def test_nothing_that_both_sides_keep_is_lost(
    base: Record, present: Record, proposed: Record
) -> None:
    merged, _ = rebased(base, present, proposed)

    starts = {one.start.text if one.start else None for one in merged.periods}
    for one in present.periods:
        if any(same(one, other) for other in proposed.periods):
            assert (one.start.text if one.start else None) in starts
    assert {one.title for one in merged.pending} <= {
        one.title for one in (*present.pending, *proposed.pending)
    }


@some
@given(records_of_one(), records_of_one(), st.data())
def test_changes_of_different_parts_both_survive_in_either_order(
    base: Record, other: Record, data: st.DataObject
) -> None:
    note = data.draw(texts())
    pending = tuple(data.draw(st.lists(bills(), max_size=2)))
    first = replace(base, periods=other.periods)
    second = replace(base, note=note, pending=pending)

    for present, proposed in ((first, second), (second, first)):
        merged, clashes = rebased(base, present, proposed)
        assert same(merged, replace(base, periods=other.periods, note=note, pending=pending))
        assert clashes == ()


@some
@given(records_of_one(), records_of_one(), records_of_one())
def test_what_comes_out_is_sound_unless_both_sides_changed_the_periods(
    base: Record, present: Record, proposed: Record
) -> None:
    merged, clashes = rebased(base, present, proposed)

    both = not same(base.periods, present.periods) and not same(base.periods, proposed.periods)
    assert is_sound(merged) or both
    periods_clash = any(one.startswith("periods") for one in clashes)
    assert both or not periods_clash


def test_two_new_rules_in_different_times_both_survive() -> None:
    first = with_period(RECORD, a_period("prohibited", "2016", "2019"))
    second = with_period(RECORD, a_period("prohibited", "2027"))

    for present, proposed in ((first, second), (second, first)):
        merged, clashes = rebased(RECORD, present, proposed)

        assert clashes == ()
        assert is_sound(merged)
        assert spans(merged) == [
            ("unregulated", None, "2016"),
            ("prohibited", "2016", "2019"),
            ("regulated", "2019", "2023-07-01"),
            ("regulated", "2023-07-01", "2027"),
            ("prohibited", "2027", None),
        ]


def test_different_fields_of_one_period_both_survive_with_the_sources_of_both() -> None:
    found, read = (a_source(name, f"https://example.org/{name}") for name in ("found", "read"))
    aged = changed(LAST, min_age=25, sources=(*LAST.sources, found), rules={"kcpa": True})
    cited = changed(LAST, citation="§ 9", sources=(*LAST.sources, read), rules={"vape_ban": True})
    first, second = (with_period(RECORD, one) for one in (aged, cited))

    for present, proposed in ((first, second), (second, first)):
        merged, clashes = rebased(RECORD, present, proposed)

        last = merged.periods[-1]
        assert clashes == ()
        assert (last.min_age, last.citation) == (25, "§ 9")
        assert dict(last.rules) == {"kcpa": True, "vape_ban": True}
        assert set(last.sources) == {*LAST.sources, found, read}


def test_a_source_that_one_side_took_out_stays_out() -> None:
    wrong = a_source("wrong", "https://example.org/wrong")
    new = a_source("new", "https://example.org/new")
    base = a_record(STATE, a_period("regulated", sources=(a_source(), wrong)))
    present = a_record(STATE, a_period("regulated", sources=(a_source(),)))
    proposed = a_record(STATE, a_period("regulated", sources=(a_source(), wrong, new)))

    merged, clashes = rebased(base, present, proposed)

    assert merged.periods[0].sources == (a_source(), new)
    assert clashes == ()


CLASHING: dict[str, tuple[Record, Record, str]] = {
    "one field of one period": (
        with_period(RECORD, changed(LAST, min_age=18)),
        with_period(RECORD, changed(LAST, min_age=25)),
        "periods from 2023-07-01",
    ),
    "one rule of one period": (
        with_period(RECORD, changed(LAST, rules={"kcpa": True})),
        with_period(RECORD, changed(LAST, rules={"kcpa": False})),
        "periods from 2023-07-01",
    ),
    "the status of a period of which the other changed the age": (
        with_period(RECORD, a_period("prohibited", "2023-07-01", min_age=21)),
        with_period(RECORD, changed(LAST, min_age=25)),
        "periods from 2023-07-01",
    ),
    "a period that the other took out": (
        replace(RECORD, periods=RECORD.periods[:2]),
        with_period(RECORD, changed(LAST, min_age=25)),
        "periods from 2023-07-01",
    ),
    "the same period without a start": (
        with_period(RECORD, changed(OLD, summary="One.")),
        with_period(RECORD, changed(OLD, summary="Another.")),
        "periods from the beginning",
    ),
    "the note": (replace(RECORD, note="One."), replace(RECORD, note="Another."), "note"),
    "a bill": (
        replace(RECORD, pending=(a_bill(stage="signed"),)),
        replace(RECORD, pending=(a_bill(stage="vetoed"),)),
        "pending: HB 1",
    ),
    "evidence that one took back": (
        replace(RECORD, evidence_as_of=a_date("2026-03")),
        replace(RECORD, evidence_as_of=None),
        "evidence_as_of",
    ),
    "the end of one rule": (
        with_period(RECORD, a_period("prohibited", "2025")),
        with_period(RECORD, a_period("prohibited", "2026")),
        "periods from 2023-07-01",
    ),
}


@pytest.mark.parametrize(("one", "other", "told"), CLASHING.values(), ids=CLASHING)
def test_what_both_sides_changed_differently_is_told(one: Record, other: Record, told: str) -> None:
    for present, proposed in ((one, other), (other, one)):
        assert told in rebased(RECORD, present, proposed)[1]


def test_where_both_sides_changed_a_field_the_proposal_stands() -> None:
    present = with_period(RECORD, changed(LAST, min_age=18, citation="§ 9"))
    proposed = with_period(RECORD, changed(LAST, min_age=25))

    merged, _ = rebased(RECORD, present, proposed)

    assert (merged.periods[-1].min_age, merged.periods[-1].citation) == (25, "§ 9")


def test_the_same_change_made_twice_is_no_clash() -> None:
    made = with_period(RECORD, changed(LAST, min_age=25, confidence=Confidence.LOW))
    too = replace(made, note="Also looked at the tribe's law.")

    assert rebased(RECORD, made, too) == (too, ())


def test_evidence_that_both_sides_renewed_is_the_newer_one() -> None:
    older, newer = (replace(RECORD, evidence_as_of=a_date(day)) for day in ("2026-03", "2026-05"))

    for present, proposed in ((older, newer), (newer, older)):
        merged, clashes = rebased(RECORD, present, proposed)
        assert (merged.evidence_as_of, clashes) == (a_date("2026-05"), ())


def test_a_precise_date_in_place_of_a_year_is_a_change() -> None:
    base = a_record(STATE, a_period("regulated", "2019"))
    precise = a_record(STATE, a_period("regulated", "2019-01-01"))

    merged, clashes = rebased(base, replace(base, note="Looked."), precise)

    assert spans(merged) == [("regulated", "2019-01-01", None)]
    assert (merged.note, clashes) == ("Looked.", ())


def test_a_record_that_came_meanwhile_is_kept_beside_the_proposal() -> None:
    present = a_record(STATE, a_period("unregulated", None, "2020"), evidence_as_of=None)
    proposed = a_record(STATE, a_period("prohibited", "2020"), evidence_as_of=None)

    merged, clashes = rebased(None, present, proposed)

    assert spans(merged) == [("unregulated", None, "2020"), ("prohibited", "2020", None)]
    assert clashes == ()


def test_a_record_that_was_taken_out_meanwhile_is_told() -> None:
    proposed = replace(RECORD, note="Still here.")

    assert rebased(RECORD, None, proposed) == (proposed, ("record",))


def test_bills_of_one_title_are_all_kept() -> None:
    twice = (a_bill(stage="in committee"), a_bill(stage="dead"))
    base = replace(RECORD, pending=twice)

    merged, clashes = rebased(base, replace(base, note="Looked."), with_period(base, LAST))

    assert (merged.pending, merged.note, clashes) == (twice, "Looked.", ())


def test_what_the_proposal_takes_out_goes_and_what_came_since_stays() -> None:
    base = replace(RECORD, pending=(a_bill("HB 1"), a_bill("HB 2")))
    present = replace(base, pending=(*base.pending, a_bill("HB 3")))
    proposed = replace(base, pending=(a_bill("HB 2"),))

    merged, clashes = rebased(base, present, proposed)

    assert [one.title for one in merged.pending] == ["HB 2", "HB 3"]
    assert clashes == ()


def test_statuses_of_all_kinds_are_told_apart() -> None:
    assert not same(Status.UNKNOWN, Status.REGULATED)
    assert not same(1, True)
    assert not same(a_date("2019"), a_date("2019-01-01"))
    assert same({"kcpa": True, "vape_ban": False}, {"vape_ban": False, "kcpa": True})
