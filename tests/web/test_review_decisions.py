"""A curator decides: with a reason, on what they read, never their own; an admin takes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.domain.corrections import Correction, State
from regmap.http.context import desk_of, source_of, today
from tests.web.reviewing import (
    ADA,
    BOB,
    BOBS_ADDRESS,
    Form,
    age_in,
    changed,
    decide,
    desk_app,
    form_again,
    form_of,
    now,
    page_of,
    record_of,
    restored,
    signed_in,
    state_of,
    submit,
)


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


# --- Deciding. ----------------------------------------------------------------------------------


@pytest.mark.parametrize("do", ["accept", "reject", "needs_info"])
@pytest.mark.parametrize("note", ["", "  \n ", "x" * 10_001, "\x07bell"])
def test_every_decision_needs_a_reason(
    desk: Flask, bob: FlaskClient, virginia: Correction, do: str, note: str
) -> None:
    page = page_of(decide(bob, virginia, do, note=note), 422)

    assert "Nothing was written" in page.text
    assert "note" in [one.get("name") for one in page.all("textarea") if "aria-invalid" in one]
    assert state_of(desk, virginia) is State.PENDING


def test_a_question_goes_to_the_submitter(
    desk: Flask, bob: FlaskClient, virginia: Correction
) -> None:
    answer = decide(bob, virginia, "needs_info", "Which section?")

    page = page_of(bob.get(answer.headers["Location"]))
    assert "Asked." in page.text
    assert "Which section?" in page.text
    assert state_of(desk, virginia) is State.NEEDS_INFO


@pytest.mark.parametrize("spam", [False, True])
def test_a_rejected_one_says_why_and_leaves_the_record(
    desk: Flask, bob: FlaskClient, virginia: Correction, spam: bool
) -> None:
    answer = decide(bob, virginia, "reject", "Not in the act.", **({"spam": "1"} if spam else {}))

    page = page_of(bob.get(answer.headers["Location"]))
    assert "Rejected. The record stays as it was." in page.text
    assert ("spam: its texts stay hidden" in page.text) is spam
    assert desk_of(desk).corrections.one(virginia.id).spam is spam
    assert age_in(desk) == 21
    assert "What it would have changed" in page.text
    assert "Minimum age removed: 21 → added: 25" in page.text


def test_spam_cannot_be_accepted(desk: Flask, bob: FlaskClient, virginia: Correction) -> None:
    page = page_of(decide(bob, virginia, "accept", spam="1"), 422)

    assert "Goes with rejecting alone." in page.text
    assert age_in(desk) == 21


@pytest.mark.parametrize("stray", [{}, {"record.periods": "x"}, {"record.note": "alone"}])
def test_a_form_that_lost_its_fields_empties_no_record(
    desk: Flask, bob: FlaskClient, virginia: Correction, stray: dict[str, str]
) -> None:
    address = f"/review/{virginia.id}"
    whole = form_of(bob, address)
    rest = {name: value for name, value in whole.items() if not name.startswith("record.")}
    before = record_of(desk, "US-VA")

    refused = bob.post(address, data={**rest, **stray, "note": "Seen.", "do": "accept"})

    assert "came without its fields" in page_of(refused, 422).text
    assert record_of(desk, "US-VA") == before
    assert state_of(desk, virginia) is State.PENDING


def test_forgetting_who_sent_it_lets_nobody_decide_their_own(desk: Flask, bob: FlaskClient) -> None:
    one = submit(desk, "US-FL", submitter={"email": BOBS_ADDRESS.upper()})
    desk_of(desk).corrections.forget(one.id, by=ADA, now=now())

    kept = desk_of(desk).corrections.one(one.id)

    assert (kept.contact, kept.submitted_by) == (None, BOB)
    assert "another curator has to decide it" in page_of(bob.get(f"/review/{one.id}")).text


def test_nobody_decides_what_they_submitted(
    desk: Flask, bob: FlaskClient, ada: FlaskClient
) -> None:
    one = submit(desk, "US-GA", submitter={"email": BOBS_ADDRESS})

    page = page_of(bob.get(f"/review/{one.id}"))
    assert "You sent this correction, so another curator has to decide it." in page.text
    assert form_of(bob, f"/review/{one.id}") == {}
    assert form_of(ada, f"/review/{one.id}") != {}

    stolen = form_of(ada, f"/review/{one.id}")
    own = form_of(bob, f"/review/{submit(desk, 'US-GA').id}")
    data = {**stolen, "csrf_token": own["csrf_token"], "note": "Mine.", "do": "reject"}
    page_of(bob.post(f"/review/{one.id}", data=data), 403)
    assert state_of(desk, one) is State.PENDING


@pytest.mark.parametrize("path", ["", "/undo", "/forget"])
def test_a_form_without_our_token_is_refused(
    desk: Flask, ada: FlaskClient, virginia: Correction, path: str
) -> None:
    form = form_of(ada, f"/review/{virginia.id}")
    form.pop("csrf_token")

    page_of(ada.post(f"/review/{virginia.id}{path}", data={**form, "do": "reject"}), 400)
    assert state_of(desk, virginia) is State.PENDING


def test_a_decision_that_says_not_what_it_was_made_on_is_refused(
    desk: Flask, bob: FlaskClient, virginia: Correction
) -> None:
    form = form_of(bob, f"/review/{virginia.id}")
    form.pop("read")

    data = {**form, "note": "Yes.", "do": "accept"}
    page_of(bob.post(f"/review/{virginia.id}", data=data), 428)
    assert age_in(desk) == 21


def test_a_decision_sent_twice_is_made_once(
    desk: Flask, bob: FlaskClient, virginia: Correction
) -> None:
    address = f"/review/{virginia.id}"
    data = {**form_of(bob, address), "note": "Seen.", "do": "accept"}

    assert bob.post(address, data=data).status_code == 303
    page = page_of(bob.post(address, data=data), 412)

    assert "Nothing was written." in page.text
    assert "It was decided meanwhile." in page.text
    assert "Your reason was: Seen." in page.text
    assert "What you were to write, against what stands there now" in page.text
    events = desk_of(desk).corrections.one(virginia.id).events
    assert [one.kind.value for one in events] == ["submitted", "accepted"]


# --- Clashes. -----------------------------------------------------------------------------------


@pytest.mark.parametrize("do", ["accept", "preview", "reject", "needs_info"])
@pytest.mark.parametrize("mode", ["fields", "text"])
def test_a_record_that_moved_on_is_shown_beside_what_was_to_be_written(
    desk: Flask, bob: FlaskClient, ada: FlaskClient, do: str, mode: str
) -> None:
    late = submit(desk, "US-VA", changed(record_of(desk, "US-VA"), min_age=25))
    other = submit(desk, "US-VA", changed(record_of(desk, "US-VA"), penalty="A fine."))
    address = f"/review/{late.id}"
    form = form_of(bob, address)
    if mode == "text":
        form = Form(bob.post(address, data={**form, "do": "as_text"}).text, address).values
    assert decide(ada, other, "accept").status_code == 303

    answer = bob.post(address, data={**form, "note": "Seen.", "do": do})

    page = page_of(answer, 412)
    assert "The correction or the record has moved since you read it." in page.text
    assert "What was changed since you read it" in page.text
    assert "added: A fine." in page.text  # what changed meanwhile
    assert "removed: A fine." in page.text  # what was to be written would have taken it back
    assert "Seen." in page.text
    assert age_in(desk) == 21
    assert state_of(desk, late) is State.PENDING

    again = form_again(answer.text, address)
    assert bob.post(address, data={**again, "do": "accept"}).status_code == 303
    written = record_of(desk, "US-VA")["periods"][-1]
    assert (written["min_age"], written["penalty"]) == (25, "A fine.")


def test_what_both_sides_changed_has_to_be_weighed_first(
    desk: Flask, bob: FlaskClient, ada: FlaskClient
) -> None:
    late = submit(desk, "US-VA", changed(record_of(desk, "US-VA"), min_age=25))
    other = submit(desk, "US-VA", changed(record_of(desk, "US-VA"), min_age=23))
    assert decide(ada, other, "accept").status_code == 303

    page = page_of(bob.get(f"/review/{late.id}"))
    assert "The record was changed since this was sent, otherwise than proposed:" in page.text

    refused = page_of(decide(bob, late, "accept"), 422)
    assert "Weigh what was changed since, then tick this." in refused.text
    assert age_in(desk) == 23

    assert decide(bob, late, "accept", settled="1").status_code == 303
    assert age_in(desk) == 25


# --- Afterwards. --------------------------------------------------------------------------------


def test_an_admin_takes_back_what_was_accepted(
    desk: Flask, bob: FlaskClient, ada: FlaskClient, virginia: Correction
) -> None:
    decide(bob, virginia, "accept")
    address = f"/review/{virginia.id}"
    assert form_of(bob, address) == {}

    page = page_of(ada.get(address))
    assert "Take it back" in page.text
    assert "Regulated, from 25 years → then Regulated, from 21 years" in page.text

    form = form_again(ada.get(address).text, f"{address}/undo")
    page_of(ada.post(f"{address}/undo", data={**form, "note": " "}), 422)
    answer = ada.post(f"{address}/undo", data={**form, "note": "Repealed in committee."})
    assert answer.status_code == 303
    assert age_in(desk) == 21
    done = page_of(ada.get(answer.headers["Location"]))
    assert "Taken back. A new revision says what the record said before." in done.text


def test_a_reviewer_takes_nothing_back(
    desk: Flask, bob: FlaskClient, ada: FlaskClient, virginia: Correction
) -> None:
    token = form_of(bob, f"/review/{virginia.id}")["csrf_token"]
    decide(bob, virginia, "accept")
    address = f"/review/{virginia.id}"
    read = form_again(ada.get(address).text, f"{address}/undo")["read"]

    assert "Take it back" not in page_of(bob.get(address)).text
    data = {"csrf_token": token, "read": read, "note": "No."}
    page_of(bob.post(f"{address}/undo", data=data), 403)
    page_of(bob.post(f"{address}/forget", data={**data, "sure": "1"}), 403)
    assert age_in(desk) == 25


def test_what_was_changed_again_cannot_be_taken_back(
    desk: Flask, bob: FlaskClient, ada: FlaskClient, virginia: Correction
) -> None:
    decide(bob, virginia, "accept")
    address = f"/review/{virginia.id}"
    stale = form_again(ada.get(address).text, f"{address}/undo")
    later = submit(desk, "US-VA", changed(record_of(desk, "US-VA"), penalty="A fine."))
    decide(bob, later, "accept")

    page = page_of(ada.get(address))
    assert "only a new correction can tell what holds" in page.text
    assert form_again(ada.get(address).text, f"{address}/undo") == {}

    page_of(ada.post(f"{address}/undo", data={**stale, "note": "Back."}), 412)
    assert age_in(desk) == 25


def test_an_admin_erases_who_sent_it_once_it_is_confirmed(
    desk: Flask, ada: FlaskClient, virginia: Correction
) -> None:
    address = f"/review/{virginia.id}"
    form = form_again(ada.get(address).text, f"{address}/forget")

    page = page_of(ada.post(f"{address}/forget", data=form), 422)
    assert "Tick this first" in page.text
    assert "jane@example.org" in page.text

    answer = ada.post(f"{address}/forget", data={**form, "sure": "1"})
    done = page_of(ada.get(answer.headers["Location"]))
    assert "Erased." in done.text
    assert "jane@example.org" not in done.text


@pytest.mark.parametrize("done", ["accept", "reject", "undone", "forgotten", "x<script>"])
def test_a_made_up_message_is_not_shown(bob: FlaskClient, virginia: Correction, done: str) -> None:
    page = page_of(bob.get(f"/review/{virginia.id}", query_string={"done": done}))

    assert [one for one in page.all("p") if one.get("role") == "status"] == []


def test_the_map_and_the_answers_follow_at_once(
    desk: Flask, bob: FlaskClient, virginia: Correction
) -> None:
    decide(bob, virginia, "accept")

    answer = bob.get("/api/v1/status?jurisdiction=US-VA").get_json()
    assert answer["effective"]["min_age"] == 25
    assert source_of(desk).current().snapshot.own_period("US-VA", "kratom", today()) is not None
