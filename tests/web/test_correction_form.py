"""The visitor's form: untouched it proposes nothing, changed it proposes the change alone."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regmap.domain.consistency import record_problems
from regmap.domain.corrections import CitedSource
from regmap.domain.diff import changes
from regmap.domain.errors import InvalidValue
from regmap.domain.records import Record
from regmap.domain.vocabulary import RULES, Extent, Level, Status
from regmap.schemas.record import record_to_document
from regmap.web.correction_form import FIELDS, Kind, fields_of, filled, period_document, read
from regmap.web.correction_submission import (
    FIRST,
    NEW,
    NONE,
    Chosen,
    Subject,
    chosen_period,
    key_of,
    proposed_record,
    submission,
    usual_key,
)
from tests.builders import a_period, a_record, a_source, an_ending
from tests.domain.strategies import records

TODAY = date(2026, 11, 23)
LEVELS = st.sampled_from([Level.STATE, Level.COUNTY, Level.COUNTRY])
SOURCE = {"source-0-url": "https://law.example.org/new"}
OTHERWISE = {
    Kind.DATE: "1999-12-31",
    Kind.INTEGER: "119",
    Kind.DECIMAL: "0.125",
    Kind.LINE: "Something that nobody drew",
    Kind.TEXT: "Something\nthat nobody drew",
}
AN_OLD = a_period("unregulated", None, "2020-05", summary="None was found.")
IN_FORCE = a_period("regulated", "2020-05", min_age=18, rules={"kcpa": True}, summary="The act.")
RECORD = a_record("US-TN", AN_OLD, IN_FORCE)


def sent(texts: dict[str, str]) -> dict[str, str]:
    """Texts as a browser sends them back: with its own ends of lines, and none in an input."""
    lines = {field.name for field in FIELDS if field.kind is not Kind.TEXT}
    return {
        name: text.replace("\n", "" if name in lines else "\r\n") for name, text in texts.items()
    }


def subject(record: Record, key: str, level: Level = Level.STATE) -> Subject:
    return Subject(record, level, chosen_period(record, key))


def handed_in(key: str, typed: dict[str, str], record: Record = RECORD) -> dict[str, Any]:
    """What a form hands in in which just these fields were touched."""
    return submission(subject(record, key), {**SOURCE, **typed}, TODAY)


def refused(key: str, typed: dict[str, str], record: Record = RECORD) -> dict[str, list[str]]:
    with pytest.raises(InvalidValue) as raised:
        handed_in(key, typed, record)
    return raised.value.errors


def changed_paths(before: Record, after: dict[str, Any]) -> set[str]:
    return {one.path for one in changes(record_to_document(before), after)}


@given(data=st.data(), level=LEVELS)
def test_an_untouched_form_changes_nothing(data: st.DataObject, level: Level) -> None:
    record = data.draw(records(level=level))
    for period in record.periods:
        document = period_document(period, level)
        fields = fields_of(level)

        assert read(document, fields, sent(filled(document, fields))) == (document, {})


@given(data=st.data(), level=LEVELS)
def test_a_field_that_was_changed_alone_is_the_only_change(
    data: st.DataObject, level: Level
) -> None:
    record = data.draw(records(level=level).filter(lambda one: bool(one.periods)))
    place = data.draw(st.integers(0, len(record.periods) - 1))
    period, fields = record.periods[place], fields_of(level)
    field = data.draw(st.sampled_from([one for one in fields if one.kind is not Kind.DATE]))
    document = period_document(period, level)
    shown = filled(document, fields)
    wanted = [one for one in _other_texts(field) if one != shown[field.name]]

    typed = sent({**shown, field.name: data.draw(st.sampled_from(wanted))})
    changed, errors = read(document, fields, typed)
    chosen = Chosen(key_of(period), period)
    proposed, at = proposed_record(record, chosen, changed, level, ())

    assert (errors, at) == ({}, place)
    path = f"/periods/{place}/{field.path.replace('.', '/')}"
    assert changed_paths(record, record_to_document(proposed)) == {path}


def _other_texts(field: Any) -> list[str]:
    if field.kind is Kind.CHOICE:
        return [code or "" for code in field.codes]
    return ["yes", "no", ""] if field.kind is Kind.FLAG else [OTHERWISE[field.kind]]


def test_a_line_is_kept_as_it_was_stored_until_somebody_changes_it() -> None:
    period = a_period("regulated", "2020", citation="  Two\nlines ", summary=" so \r\n it stands ")
    document = period_document(period, Level.STATE)
    fields = fields_of(Level.STATE)
    shown = filled(document, fields)

    assert shown["citation"] == "Two lines"
    assert shown["summary"] == "so \n it stands"
    assert read(document, fields, sent(shown))[0] == document


def test_a_field_that_does_not_come_back_is_untouched() -> None:
    document = period_document(IN_FORCE, Level.STATE)

    assert read(document, fields_of(Level.STATE), {}) == (document, {})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("min_age", "21", 21),
        ("min_age", "", None),
        ("min_age", " 21 ", 21),
        ("status", "prohibited", "prohibited"),
        ("to", "2027", "2027"),
        ("summary", "One\r\ntwo", "One\ntwo"),
        ("summary", "   ", None),
        ("schedule", "I", "I"),
    ],
)
def test_what_is_typed_stands_in_the_document(name: str, text: str, value: Any) -> None:
    document, errors = read(
        period_document(IN_FORCE, Level.STATE), fields_of(Level.STATE), {name: text}
    )

    assert errors == {}
    assert document[name] == value


@pytest.mark.parametrize(
    ("rule", "text", "value"),
    [
        ("lab_testing", "no", False),
        ("lab_testing", "yes", True),
        ("seven_oh_cap_percent", "2", 2),
        ("seven_oh_cap_percent", "0.5", 0.5),
        ("special_tax", "5 percent", "5 percent"),
    ],
)
def test_a_rule_is_read_by_its_kind(rule: str, text: str, value: Any) -> None:
    document, _ = read(
        period_document(IN_FORCE, Level.STATE), fields_of(Level.STATE), {f"rules-{rule}": text}
    )

    assert document["rules"] == {"kcpa": True, rule: value}
    assert type(document["rules"][rule]) is type(value)


def test_a_rule_that_is_not_known_any_more_is_left_out() -> None:
    document, _ = read(
        period_document(IN_FORCE, Level.STATE), fields_of(Level.STATE), {"rules-kcpa": ""}
    )

    assert document["rules"] == {}


def test_every_rule_of_the_codebook_has_a_field() -> None:
    assert [field.rule for field in FIELDS if field.rule] == list(RULES)


def test_a_county_alone_has_a_reach_and_cannot_preempt() -> None:
    of_county = {field.name for field in fields_of(Level.COUNTY)}
    of_state = {field.name for field in fields_of(Level.STATE)}

    assert of_county - of_state == {"extent"}
    assert of_state - of_county == {"rules-preempts_local"}


# --- Which rule it is about. ------------------------------------------------------------------


def test_the_rule_in_force_is_what_is_most_likely_wrong() -> None:
    assert usual_key(RECORD, TODAY) == "2020-05"
    assert usual_key(RECORD, date(2019, 1, 1)) == FIRST
    assert usual_key(a_record("US-TN", a_period("regulated", "2030")), TODAY) == "2030"
    assert usual_key(a_record("US-TN"), TODAY) == usual_key(None, TODAY) == NEW


def test_a_period_is_chosen_by_its_start() -> None:
    assert chosen_period(RECORD, "2020-05").period == IN_FORCE
    assert chosen_period(RECORD, FIRST).period == AN_OLD
    assert chosen_period(RECORD, NEW).period is None
    assert chosen_period(None, NONE).is_message_alone
    with pytest.raises(InvalidValue) as raised:
        chosen_period(RECORD, "2020-05-01")
    assert set(raised.value.errors) == {"period"}


# --- What is handed in. -----------------------------------------------------------------------


def test_a_message_alone_proposes_nothing() -> None:
    document = handed_in("2020-05", {"message": "  It is all\r\nquite wrong. "})

    assert document["proposed"] is None
    assert document["message"] == "It is all\nquite wrong."
    assert document["sources"] == [{"url": "https://law.example.org/new", "title": None}]
    assert document["submitter"] is None


def test_a_changed_age_is_proposed_with_its_source() -> None:
    document = handed_in("2020-05", {"min_age": "21", "email": "ada@example.org"})

    assert changed_paths(RECORD, document["proposed"]) == {
        "/periods/1/min_age",
        "/periods/1/sources/1",
    }
    assert document["proposed"]["periods"][1]["sources"][1] == {
        "title": "law.example.org",
        "url": "https://law.example.org/new",
        "publisher": None,
        "kind": "news",
        "published": None,
    }
    assert document["submitter"] == {"name": None, "email": "ada@example.org"}


def test_a_source_that_the_period_has_is_not_added_again() -> None:
    document = handed_in("2020-05", {"min_age": "21", "source-0-url": a_source().url})

    assert changed_paths(RECORD, document["proposed"]) == {"/periods/1/min_age"}


def test_a_border_that_two_rules_share_moves_along() -> None:
    document = handed_in("2020-05", {"from": "2020-06-15"})

    assert changed_paths(RECORD, document["proposed"]) == {
        "/periods/0/to",
        "/periods/1/from",
        "/periods/1/sources/1",
    }
    assert document["proposed"]["periods"][0]["to"] == "2020-06-15"


def test_a_new_rule_takes_the_tail_of_the_one_in_force() -> None:
    document = handed_in(NEW, {"from": "2027-01-01", "status": "prohibited"})
    before, added = document["proposed"]["periods"][1:]

    assert (before["from"], before["to"]) == ("2020-05", "2027-01-01")
    assert (added["from"], added["to"], added["status"]) == ("2027-01-01", None, "prohibited")
    assert (added["possession"], added["confidence"], added["extent"]) == (
        "unknown",
        "low",
        "whole",
    )
    assert [one["url"] for one in added["sources"]] == ["https://law.example.org/new"]


def test_the_first_rule_of_a_jurisdiction_may_have_no_start() -> None:
    document = handed_in(NEW, {"status": "unregulated"}, a_record("US-TN", evidence_as_of=None))

    assert [one["from"] for one in document["proposed"]["periods"]] == [None]


def test_how_far_a_new_county_rule_reaches_is_not_assumed() -> None:
    county = Subject(a_record("US-TN-x-county"), Level.COUNTY, Chosen(NEW, None))
    typed = {**SOURCE, "status": "prohibited"}

    assert submission(county, typed, TODAY)["proposed"]["periods"][0]["extent"] is None
    typed["extent"] = Extent.UNINCORPORATED
    assert submission(county, typed, TODAY)["proposed"]["periods"][0]["extent"] == "unincorporated"


def test_a_rule_that_goes_on_after_all_was_ended_by_nothing() -> None:
    ended = a_record("US-TN", a_period("prohibited", "2019", "2024", ended_by=an_ending()))

    document = handed_in("2019", {"to": ""}, ended)

    assert "ended_by" not in document["proposed"]["periods"][0]


def test_fields_of_a_rule_are_ignored_where_a_message_alone_was_chosen() -> None:
    document = handed_in(NONE, {"message": "Please look again.", "min_age": "x"})

    assert document["proposed"] is None


# --- What is refused, and beside which control. -----------------------------------------------


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"min_age": "x"}, {"min_age"}),
        ({"min_age": "0"}, {"min_age"}),
        ({"min_age": "21.5"}, {"min_age"}),
        ({"from": "2020-13"}, {"from"}),
        ({"from": "99999"}, {"from"}),
        ({"to": "9999"}, {"to"}),
        ({"to": "2019"}, {"to"}),
        ({"from": ""}, {"from"}),
        ({"status": ""}, {"status"}),
        ({"status": "fine"}, {"status"}),
        ({"status": "prohibited"}, {"possession", "sale"}),
        ({"possession": "restricted"}, {"possession"}),
        ({"rules-lab_testing": "perhaps"}, {"rules-lab_testing"}),
        ({"rules-seven_oh_cap_percent": "1e3"}, {"rules-seven_oh_cap_percent"}),
        ({"rules-seven_oh_cap_percent": "-2"}, {"rules-seven_oh_cap_percent"}),
        ({"summary": "x" * 10_001}, {"summary"}),
        ({"min_age": "x", "email": "y", "source-1-url": "z"}, {"min_age", "email", "source-1-url"}),
        ({"source-0-url": ""}, {"message", "source-0-url"}),
        ({"source-0-url": "", "min_age": "30"}, {"source-0-url"}),
        ({"source-0-url": "javascript:alert(1)", "min_age": "30"}, {"source-0-url"}),
        ({"source-0-url": "data:text/html,x", "min_age": "30"}, {"source-0-url"}),
        ({"source-0-url": "", "source-2-url": "ftp://x", "min_age": "30"}, {"source-2-url"}),
        ({"source-2-title": "No address", "min_age": "30"}, {"source-2-url"}),
        ({"source-2-url": "https://x.org", "source-2-title": "x" * 501, "min_age": "30"},
         {"source-2-title"}),
        ({"message": "short"}, {"message"}),
        ({"message": "x" * 10_001}, {"message"}),
        ({"message": "a control \x07 character"}, {"message"}),
        ({"name": "x" * 201, "min_age": "30"}, {"name"}),
        ({"email": "not one", "min_age": "30"}, {"email"}),
        ({"website": "https://spam.example"}, {"website"}),
        ({}, {"message"}),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_control(typed: dict[str, str], wrong: set[str]) -> None:
    errors = refused("2020-05", typed)

    assert set(errors) == wrong
    assert all(message for messages in errors.values() for message in messages)


@pytest.mark.parametrize("start", ["", "2020-05", "2020-05-01"])
def test_a_new_rule_takes_the_place_of_none(start: str) -> None:
    assert set(refused(NEW, {"from": start, "status": "prohibited"})) == {"from"}


def test_what_is_wrong_with_a_neighbour_is_said_by_its_path() -> None:
    late = a_period("prohibited", "2024", "2025")
    record = a_record("US-TN", a_period("regulated", "2020", "2024"), late)

    assert set(refused("2020", {"to": "2026"}, record)) == {"proposed.periods.1.to"}


@given(st.data())
def test_whatever_the_form_hands_in_is_sound(data: st.DataObject) -> None:
    record = data.draw(records())
    keys = [key_of(one) for one in record.periods] + [NEW, NONE]
    texts = st.sampled_from(["", "1999", "2024-06-01", "21", "yes", *Status, "allowed", "x"])
    names = st.sampled_from([field.name for field in fields_of(Level.STATE)])
    typed = data.draw(st.dictionaries(names, texts, max_size=6))
    about = subject(record, data.draw(st.sampled_from(keys)))

    try:
        document = submission(about, {**SOURCE, "message": "Look again.", **typed}, TODAY)
    except InvalidValue:
        return
    if document["proposed"] is not None:
        chosen = about.chosen
        changed, _ = read(
            period_document(chosen.period, Level.STATE), fields_of(Level.STATE), typed
        )
        cited = (CitedSource(SOURCE["source-0-url"]),)
        proposed, _ = proposed_record(record, chosen, changed, Level.STATE, cited)
        assert list(record_problems(proposed, Level.STATE, TODAY)) == []
        assert record_to_document(proposed) == document["proposed"]
