"""A record as a form: what nobody touched stays, what is typed arrives, nothing is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask, render_template_string
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from regmap.domain.errors import InvalidValue
from regmap.domain.vocabulary import Level
from regmap.http.context import source_of
from regmap.schemas.corrections import record_given
from regmap.schemas.record import record_to_document
from regmap.web.record_form import Control, RecordForm, document_of, empty_period, record_form
from regmap.web.record_text import TEXT, read_text, text_of
from tests.served import HOSTILE, RIGHT_TO_LEFT
from tests.web.reviewing import Form, record_of

SHOWN = """<form method="post" action="/x">{% include "_record_form.html" %}</form>"""
KEYS = ("jurisdiction", "substance")


def body_of(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in KEYS}


def sent(app: Flask, form: RecordForm) -> dict[str, str]:
    """What a browser sends of a form that nobody touched."""
    with app.test_request_context("/review/x"):
        html = render_template_string(SHOWN, form=form, errors={})
    return Form(html, "/x").values


def filled(app: Flask, document: dict[str, Any], level: Level = Level.STATE) -> dict[str, str]:
    with app.test_request_context("/review/x"):
        form = record_form(document, document, level, {})
    return sent(app, form)


def controls_of(form: RecordForm) -> dict[str, Control]:
    within = [
        control
        for one in form.periods
        for control in (*one.facts, *one.texts, *one.rules, *one.ending)
    ]
    return {one.name: one for one in (*within, *form.others)}


def test_no_record_changes_by_being_shown_and_sent_back(app: Flask) -> None:
    snapshot = source_of(app).current().snapshot

    for (jurisdiction, _), record in snapshot.records.items():
        document = json.loads(json.dumps(record_to_document(record)))
        level = snapshot.tree.get(jurisdiction).level
        assert document_of(filled(app, document, level)) == body_of(document), record.key


@pytest.mark.parametrize("text", [HOSTILE, RIGHT_TO_LEFT, "two\nlines\n\nand a fourth", "\nfirst"])
def test_texts_of_every_kind_come_back_as_they_were(app: Flask, text: str) -> None:
    document = record_of(app, "US-FL")
    for field in ("summary", "citation", "instrument", "schedule", "penalty"):
        document["periods"][-1][field] = text
    document["periods"][-1]["rules"]["special_tax"] = text
    document["periods"][-1]["sources"][0]["title"] = text
    document["note"] = text
    document["pending"] = [{"title": text, "stage": text, "as_of": None, "url": None}]

    assert document_of(filled(app, document)) == body_of(document)


@pytest.mark.parametrize(
    ("control", "typed", "path", "value"),
    [
        ("min_age", "25", ("min_age",), 25),
        ("min_age", "", ("min_age",), None),
        ("min_age", "old", ("min_age",), "old"),
        ("from", " 2024-02 ", ("from",), "2024-02"),
        ("status", "prohibited", ("status",), "prohibited"),
        ("summary", "a\r\nb", ("summary",), "a\nb"),
        ("rules.kcpa", "false", ("rules", "kcpa"), False),
        ("rules.seven_oh_cap_percent", "1.5", ("rules", "seven_oh_cap_percent"), 1.5),
        ("rules.seven_oh_cap_ppm", "400", ("rules", "seven_oh_cap_ppm"), 400),
        ("sources.0.published", "2020", ("sources", 0, "published"), "2020"),
    ],
)
def test_what_is_typed_is_the_only_thing_that_changes(
    app: Flask, control: str, typed: str, path: tuple[Any, ...], value: Any
) -> None:
    document = record_of(app, "US-VA")
    last = len(document["periods"]) - 1

    read = document_of({**filled(app, document), f"record.periods.{last}.{control}": typed})

    expected: Any = document["periods"][last]
    for step in path[:-1]:
        expected = expected[step]
    expected[path[-1]] = value
    assert read == body_of(document)


def test_a_rule_that_is_set_to_not_known_is_left_out(app: Flask) -> None:
    document = record_of(app, "US-VA")
    last = len(document["periods"]) - 1
    assert "kcpa" in document["periods"][last]["rules"]

    read = document_of({**filled(app, document), f"record.periods.{last}.rules.kcpa": ""})

    assert "kcpa" not in read["periods"][last]["rules"]


def test_a_period_a_source_and_a_bill_can_be_taken_out_and_added(app: Flask) -> None:
    document = record_of(app, "US-VA")
    period = document["periods"][1]
    known, bills = len(period["sources"]), len(document["pending"])

    read = document_of(
        {
            **filled(app, document),
            "record.periods.0.gone": "1",
            "record.periods.1.sources.0.gone": "1",
            f"record.periods.1.sources.{known}.title": "The act",
            f"record.periods.1.sources.{known}.url": "https://example.org/act",
            f"record.pending.{bills}.title": "HB 1",
            f"record.pending.{bills}.stage": "in committee",
        }
    )

    assert len(read["periods"]) == len(document["periods"]) - 1
    titles = [one["title"] for one in read["periods"][0]["sources"]]
    assert titles == [one["title"] for one in period["sources"][1:]] + ["The act"]
    assert [one["title"] for one in read["pending"]][bills:] == ["HB 1"]


def test_what_ended_a_period_can_be_said(app: Flask) -> None:
    document = record_of(app, "US-VA")

    read = document_of(
        {
            **filled(app, document),
            "record.periods.0.ended_by.summary": "Repealed.",
            "record.periods.0.ended_by.sources.0.title": "The repeal",
            "record.periods.0.ended_by.sources.0.url": "https://example.org/repeal",
        }
    )

    ending = read["periods"][0]["ended_by"]
    assert ending["summary"] == "Repealed."
    assert [one["title"] for one in ending["sources"]] == ["The repeal"]


names = st.lists(
    st.sampled_from(["record", "periods", "0", "1", "x", "", "rules", "sources", "gone", "note"]),
    min_size=1,
    max_size=12,
).map(".".join)


@given(st.dictionaries(names, st.text(max_size=20), max_size=12))
@settings(max_examples=200, deadline=None)
def test_no_form_breaks_the_reading(form: dict[str, str]) -> None:
    read = document_of(MultiDict(form).to_dict())

    assert set(read) == {"periods", "pending", "evidence_as_of", "note"}


def test_a_period_that_changed_or_is_wrong_stands_open(app: Flask) -> None:
    present = record_of(app, "US-VA")
    document = record_of(app, "US-VA")
    document["periods"][1]["min_age"] = 25
    wrong = {"record.periods.0.sources.0.url": ["Not an address."]}

    with app.test_request_context("/review/x"):
        plain = record_form(document, present, Level.STATE, {})
        marked = record_form(document, present, Level.STATE, wrong)

    assert [one.is_open for one in plain.periods] == [False, True]
    assert [one.is_open for one in marked.periods] == [True, True]
    assert marked.periods[0].opened == {"sources"}


def test_fields_that_tell_something_at_other_levels_alone_are_kept_without_being_asked(
    app: Flask,
) -> None:
    document = record_of(app, "US-VA")

    with app.test_request_context("/review/x"):
        state = controls_of(record_form(document, None, Level.STATE, {}))
        county = controls_of(record_form(document, None, Level.COUNTY, {}))

    assert state["record.periods.1.extent"].is_hidden
    assert not county["record.periods.1.extent"].is_hidden
    assert "record.periods.1.rules.preempts_local" in state
    assert "record.periods.1.rules.preempts_local" not in county


def test_an_empty_period_says_nothing_yet(app: Flask) -> None:
    period = empty_period(Level.COUNTY)

    assert period["status"] == "unknown"
    assert period["extent"] is None
    assert document_of(filled(app, {**record_of(app, "US-VA"), "periods": [period]}))[
        "periods"
    ] == [period]


def test_a_record_as_text_is_that_of_its_file_and_comes_back(app: Flask) -> None:
    snapshot = source_of(app).current().snapshot

    for (jurisdiction, substance), record in snapshot.records.items():
        text = text_of(record_to_document(record), snapshot.tree.get(jurisdiction), substance)
        assert record_given(read_text(text).document, record.key) == record, record.key


def test_what_is_wrong_in_a_text_names_its_line(app: Flask) -> None:
    jurisdiction = source_of(app).current().snapshot.tree.get("US-VA")
    text = text_of(record_of(app, "US-VA"), jurisdiction, "kratom")
    broken = text.replace("min_age: 21", "min_age: old")
    line = 1 + broken[: broken.index("min_age: old")].count("\n")
    read = read_text(broken)

    with pytest.raises(InvalidValue) as caught:
        record_given(read.document, ("US-VA", "kratom"))

    (message,) = read.by_line(caught.value.errors)[TEXT]
    assert message.startswith(f"Line {line}, periods.1.min_age: ")


@pytest.mark.parametrize(
    "text", ["", "periods: [", "- a\n- b", "just words", "a: 1\na: 2", "x: &a 1\ny: *a"]
)
def test_what_is_no_record_at_all_is_said_so(text: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        read_text(text)

    assert list(caught.value.errors) == [TEXT]


@pytest.mark.parametrize("document", [{"periods": 5}, {"periods": "x"}, {"periods": {"a": 1}}, {}])
def test_a_text_of_another_shape_is_refused_and_breaks_nothing(document: Any) -> None:
    with pytest.raises(InvalidValue):
        record_given(document, ("US-VA", "kratom"))


@pytest.mark.parametrize("text", ["²: 1\nperiods: []", "periods:\n- ²: 3", "٣: 1\nperiods: []"])
def test_digits_that_are_none_break_no_message(text: str) -> None:
    read = read_text(text)

    assert read.by_line({"record.²": ["Unknown field."], "record.periods.0.²": ["Unknown field."]})
