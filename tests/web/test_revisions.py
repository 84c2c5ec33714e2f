"""Edits in words: which field, what it said, what it says; nothing else, nothing missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from regmap.domain.records import Record
from regmap.schemas.record import record_to_document
from regmap.services.history import Edit
from regmap.store.revisions import Revision
from regmap.web.revisions import Line, ToldRevision, told_revisions
from tests.builders import a_bill, a_period, a_record, a_source, an_ending


@pytest.fixture(autouse=True)
def request_in_english(app: Flask) -> Iterator[None]:
    """Words are said in the language of a request."""
    with app.test_request_context("/"):
        yield


def edits(*states: Record | dict[str, Any] | None) -> list[Edit]:
    found = []
    for number, state in enumerate(states, 1):
        document = record_to_document(state) if isinstance(state, Record) else state
        moment = datetime(2026, 11, number, tzinfo=UTC)
        revision = Revision(
            number, "US-TN", "kratom", document, moment, "Ada", "why", None, None, "", ""
        )
        found.append(Edit(revision, (), ()))
    return found


def last(*states: Record | dict[str, Any] | None) -> ToldRevision:
    return told_revisions(edits(*states))[0]


def lines(one: ToldRevision) -> list[Line]:
    return [line for part in one.parts or () for line in part.lines]


def exchanged(one: ToldRevision) -> list[tuple[str, ...]]:
    """Each line as its label, then what was removed (-) and added (+)."""
    signs = {"removed": "-", "added": "+", "same": "="}
    return [
        (line.label, *(signs[piece.kind] + piece.text for piece in line.pieces))
        for line in lines(one)
    ]


def test_the_first_revision_is_summed_up() -> None:
    one = last(a_record("US-TN", a_period("regulated", "2018", sources=(a_source(), a_source()))))

    assert one.is_first
    assert one.summary == "Record created, with periods: 1, sources: 1."
    assert ("Status", "+Regulated") in exchanged(one)


def test_the_newest_comes_first() -> None:
    states = edits(a_record(note="one"), a_record(note="two"), a_record(note="three"))

    assert [one.revision.revision for one in told_revisions(states)] == [3, 2, 1]


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (
            {"status": "regulated"},
            {"status": "prohibited"},
            ("Status", "-Regulated", "+Prohibited"),
        ),
        ({"min_age": 18}, {"min_age": 21}, ("Minimum age", "-18", "+21")),
        ({"min_age": 18}, {"min_age": None}, ("Minimum age", "-18")),
        ({"start": "2018"}, {"start": "2018-01-01"}, ("From", "-2018", "+1 January 2018")),
        ({"end": None}, {"end": "2030-06"}, ("To", "+June 2030")),
        ({"extent": None}, {}, ("Reach", "-not confirmed", "+all of it")),
        (
            {"rules": {"labeling": True}},
            {"rules": {"labeling": False}},
            ("labels are prescribed", "-yes", "+no"),
        ),
        (
            {"rules": {}},
            {"rules": {"serving_limit_mg": 50}},
            ("most alkaloids allowed in a serving", "+50 mg"),
        ),
    ],
)
def test_a_changed_field_is_named_in_words(
    before: dict[str, Any], after: dict[str, Any], line: tuple[str, ...]
) -> None:
    fixed = {"possession": "allowed", "sale": "allowed"}
    states = [
        a_record("US-TN", a_period(**{"status": "regulated", "start": "2018", **fixed, **one}))
        for one in (before, after)
    ]

    assert exchanged(last(*states)) == [line]


def test_long_texts_are_compared_word_by_word() -> None:
    old = "Sale to people under eighteen is an offence in this state, whatever the form."
    new = "Sale to people under twenty-one is an offence in this state, whatever the form."

    [line] = lines(last(a_record(note=old), a_record(note=new)))

    assert "".join(one.text for one in line.pieces if one.kind != "added") == old
    assert "".join(one.text for one in line.pieces if one.kind != "removed") == new
    assert ("removed", "eighteen") in [(one.kind, one.text) for one in line.pieces]
    assert not line.whole


def test_texts_too_long_to_compare_are_shown_whole() -> None:
    old, new = "o " * 2_000 + "old", "n " * 2_000 + "new"

    [line] = lines(last(a_record(note=old), a_record(note=new)))

    assert [(one.kind, one.text) for one in line.pieces] == [("removed", old), ("added", new)]


def test_sources_are_told_by_title_wherever_they_stand() -> None:
    one, two, three = (
        a_source(title, f"https://example.org/{title}") for title in ("one", "two", "three")
    )
    before = a_record("US-TN", a_period("regulated", sources=(one, two)))
    after = a_record("US-TN", a_period("regulated", sources=(three, two)))

    assert exchanged(last(before, after)) == [("Source", "+three"), ("Source", "-one")]


def test_a_period_put_before_others_does_not_change_them() -> None:
    later = a_period("regulated", "2018")
    before = a_record("US-TN", later)
    after = a_record("US-TN", a_period("unregulated", "2010", "2018"), later)

    [part] = last(before, after).parts or ()

    assert part.heading == "Period from 2010: added"
    assert ("Status", "+Unregulated") in exchanged(last(before, after))


def test_a_removed_period_is_told() -> None:
    before = a_record("US-TN", a_period("regulated"), evidence_as_of="2026")

    [part] = last(before, a_record("US-TN", evidence_as_of="2026")).parts or ()

    assert part.heading == "Period without a known start: removed"


def test_what_ended_a_period_and_bills_are_told() -> None:
    before = a_record("US-TN", a_period("regulated", None, "2018"))
    after = a_record(
        "US-TN",
        a_period(
            "regulated", None, "2018", ended_by=an_ending("Repealed.", a_source("The repeal"))
        ),
        pending=(a_bill("HB 7", "passed"),),
    )

    assert exchanged(last(before, after)) == [
        ("What ended it", "+Repealed."),
        ("Source", "+The repeal"),
        ("Title", "+HB 7"),
        ("Stage", "+passed"),
        ("Address", "+https://example.org/hb1"),
    ]


def test_a_removed_record_is_told() -> None:
    assert last(a_record("US-TN", "regulated"), None).summary == "Record removed."


def test_what_cannot_be_read_any_more_is_said_so() -> None:
    one = last(a_record("US-TN", "regulated"), {"of": "another form"})

    assert one.parts is None
    assert "not read any more" in one.summary
