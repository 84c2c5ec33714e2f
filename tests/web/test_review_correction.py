"""One correction before a curator: what it would do, and editing it before accepting."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.domain.corrections import Correction, State
from tests.served import HOSTILE, RIGHT_TO_LEFT
from tests.web.reviewing import (
    ADA,
    BOB,
    MESSAGE,
    Form,
    age_in,
    changed,
    decide,
    desk_app,
    form_of,
    page_of,
    record_of,
    restored,
    signed_in,
    state_of,
    submit,
)

AGE = "record.periods.1.min_age"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app whose corrections are decided; each test takes a jurisdiction of its own."""
    return desk_app(tmp_path_factory, "review")


@pytest.fixture(scope="module")
def bob(desk: Flask) -> FlaskClient:
    return signed_in(desk, BOB)


@pytest.fixture(scope="module")
def ada(desk: Flask) -> FlaskClient:
    return signed_in(desk, ADA)


@pytest.fixture
def virginia(desk: Flask) -> Correction:
    """A correction that raises Virginia's age limit to 25."""
    return submit(
        desk,
        "US-VA",
        changed(record_of(desk, "US-VA"), min_age=25),
        submitter={"name": "Jane", "email": "jane@example.org"},
    )


@pytest.fixture(autouse=True)
def as_before(desk: Flask) -> Iterator[None]:
    """Virginia's record says after each test what it said before."""
    yield from restored(desk, "US-VA")


# --- What is shown. -----------------------------------------------------------------------------


def test_the_correction_stands_beside_what_holds(bob: FlaskClient, virginia: Correction) -> None:
    page = page_of(bob.get(f"/review/{virginia.id}"))

    assert MESSAGE in page.text
    assert "Regulated, from 21 years" in page.text
    assert "Jane" in page.text
    assert "jane@example.org" in page.text
    assert "https://law.example.org/act" in [one.get("href") for one in page.all("a")]


def test_what_accepting_changes_is_told_field_by_field_and_by_its_effect(
    bob: FlaskClient, virginia: Correction
) -> None:
    page = page_of(bob.get(f"/review/{virginia.id}"))

    assert "Minimum age removed: 21 → added: 25" in page.text
    assert "Another status today 0 jurisdictions" in page.text
    assert "Regulated, from 21 years → then Regulated, from 25 years" in page.text
    assert "of 1,251 ZIP codes in it" in page.text
    assert "from 1 July 2023 on" in page.text


def test_maps_before_and_after_are_drawn_where_they_differ(desk: Flask, ada: FlaskClient) -> None:
    proposed = changed(
        record_of(desk, "US-WY"), status="prohibited", possession="prohibited", sale="prohibited"
    )
    one = submit(desk, "US-WY", {**proposed})

    page = page_of(ada.get(f"/review/{one.id}"))

    pictures = [image.get("src") or "" for image in page.all("img")]
    assert len(pictures) == 2
    assert len(set(pictures)) == 2
    assert all(one.startswith("data:image/svg+xml;base64,") for one in pictures)
    assert all(image.get("alt") for image in page.all("img"))


def test_a_change_of_texts_alone_is_said_to_change_no_answer(desk: Flask, bob: FlaskClient) -> None:
    one = submit(desk, "US-VA", changed(record_of(desk, "US-VA"), summary="In other words."))

    page = page_of(bob.get(f"/review/{one.id}"))

    assert "No answer changes, on any day" in page.text
    assert page.all("img") == []


def test_a_message_alone_asks_for_the_record_to_write(desk: Flask, bob: FlaskClient) -> None:
    one = submit(desk, "US-FL")

    page = page_of(bob.get(f"/review/{one.id}"))
    assert "Only a message was sent, no proposal." in page.text

    refused = page_of(decide(bob, one, "accept"), 422)
    assert "Changes nothing: only a message was sent" in refused.text
    assert state_of(desk, one) is State.PENDING


def test_texts_by_strangers_stay_texts(desk: Flask, bob: FlaskClient) -> None:
    text = f"{HOSTILE} {RIGHT_TO_LEFT} {'long' * 200}"
    proposed = changed(record_of(desk, "US-TX"), summary=text, citation=text, penalty=text)
    one = submit(
        desk,
        "US-TX",
        proposed,
        message=text,
        sources=[{"url": "https://example.org/?a=%3Cb%3E&c='d'", "title": HOSTILE}],
        submitter={"name": HOSTILE},
    )

    answer = bob.get(f"/review/{one.id}")

    page_of(answer)
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert 'rel="noopener nofollow ugc"' in answer.text


def test_an_unknown_id_is_not_found(bob: FlaskClient) -> None:
    page = page_of(bob.get("/review/0123456789abcdef"), 404)

    assert "Not found" in page.text


# --- Editing. -----------------------------------------------------------------------------------


def test_the_effect_of_an_edited_record_is_shown_without_writing(
    desk: Flask, bob: FlaskClient, virginia: Correction
) -> None:
    page = page_of(decide(bob, virginia, "preview", **{AGE: "30"}))

    assert "Regulated, from 21 years → then Regulated, from 30 years" in page.text
    assert "Nothing was written yet." in page.text
    assert state_of(desk, virginia) is State.PENDING
    assert age_in(desk) == 21


def test_what_was_edited_is_what_is_written(
    desk: Flask, bob: FlaskClient, virginia: Correction
) -> None:
    answer = decide(bob, virginia, "accept", **{AGE: "30"})

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/review/{virginia.id}?done=accept"
    assert age_in(desk) == 30
    page = page_of(bob.get(answer.headers["Location"]))
    assert "Accepted. The record says so now" in page.text
    assert "Minimum age removed: 21 → added: 30" in page.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({AGE: "200"}, "Period from 1 July 2023: Minimum age"),
        ({AGE: "old"}, "Not a whole number."),
        ({"record.periods.1.from": "2023-13"}, "Period from 2023-13: From"),
        ({"record.periods.1.sources.0.url": "javascript:alert(1)"}, "Not an http or https"),
        ({"record.periods.1.possession": "prohibited"}, "Possession"),
        ({"record.periods.1.status": "odd"}, "Status"),
        ({"record.evidence_as_of": "2199-01-01"}, "Date of evidence"),
    ],
)
@pytest.mark.parametrize("do", ["accept", "preview"])
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_written(
    desk: Flask,
    bob: FlaskClient,
    virginia: Correction,
    do: str,
    typed: dict[str, str],
    told: str,
) -> None:
    page = page_of(decide(bob, virginia, do, **typed), 422)

    ((name, value),) = typed.items()
    assert told in page.text
    marked = [one for one in page.all("input", "select", "textarea") if "aria-invalid" in one]
    assert name in [one.get("name") for one in marked]
    assert f"#{name}" in [one.get("href") for one in page.all("a")]
    assert value in page.text or value in [one.get("value") for one in page.all("input", "option")]
    assert state_of(desk, virginia) is State.PENDING
    assert age_in(desk) == 21


def test_a_period_can_be_added_and_filled_in(
    desk: Flask, bob: FlaskClient, virginia: Correction
) -> None:
    address = f"/review/{virginia.id}"
    added = bob.post(address, data={**form_of(bob, address), "do": "add_period"})
    page = page_of(added)
    names = {one.get("name") for one in page.all("input", "select", "textarea")}
    assert "record.periods.2.min_age" in names
    assert "alert" not in [one.get("role") for one in page.all("div")]

    typed = {
        "record.periods.1.to": "2027-01-01",
        "record.periods.2.from": "2027-01-01",
        "record.periods.2.status": "prohibited",
        "record.periods.2.possession": "prohibited",
        "record.periods.2.sale": "prohibited",
        "record.periods.2.confidence": "high",
        "record.periods.2.extent": "whole",
        "record.periods.2.sources.0.title": "The act",
        "record.periods.2.sources.0.url": "https://example.org/act",
        "record.periods.2.sources.0.kind": "statute",
    }
    shown = page_of(decide(bob, virginia, "preview", **typed))

    assert "1 January 2027: Prohibited" in shown.text


def test_the_record_can_be_edited_as_text_and_back(
    desk: Flask, bob: FlaskClient, virginia: Correction
) -> None:
    address = f"/review/{virginia.id}"
    answer = bob.post(address, data={**form_of(bob, address), "do": "as_text"})
    page_of(answer)

    form = Form(answer.text, address).values
    text = form["record.text"]
    assert "min_age: 25" in text

    wrong = {**form, "record.text": text.replace("min_age: 25", "min_age: old"), "do": "preview"}
    refused = page_of(bob.post(address, data=wrong), 422)
    assert "periods.1.min_age: Not a whole number." in refused.text
    assert "min_age: old" in refused.text

    good = {**form, "record.text": text.replace("min_age: 25", "min_age: 31")}
    fields = bob.post(address, data={**good, "do": "as_fields"})
    assert Form(fields.text, address).values[AGE] == "31"

    accepted = bob.post(address, data={**good, "note": "Seen in the act.", "do": "accept"})
    assert accepted.status_code == 303
    assert age_in(desk) == 31
