"""What follows from the events of a correction, and who may see what of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from regmap.domain.corrections import (
    OPEN,
    OUTCOME,
    PUBLISHED,
    CitedSource,
    Contact,
    Correction,
    Decision,
    Event,
    EventKind,
    Sight,
    State,
    seen_by,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ACT = CitedSource("https://example.org/act", "The act")
NEWS = CitedSource("https://example.org/news")
PROPOSED = {"status": "prohibited"}


def an_event(number: int, kind: EventKind, **values: Any) -> Event:
    return Event(number, NOON + timedelta(hours=number), kind, **values)


def a_correction(*events: Event, state: State = State.PENDING, **values: Any) -> Correction:
    """A correction by a curator with a contact, so that there is everything to hide."""
    return Correction(
        **{
            "id": "0123456789abcdef",
            "jurisdiction": "US-VA",
            "substance": "kratom",
            "state": state,
            "version": len(events),
            "submitted_at": NOON,
            "changed_at": NOON,
            "decided_at": None,
            "spam": False,
            "base_revision": 7,
            "revision": None,
            "submitted_by": "ann",
            "contact": Contact("Ann", "ann@example.org"),
            "events": events,
            **values,
        }
    )


SUBMITTED = an_event(
    1, EventKind.SUBMITTED, text="The age is 21.", proposed=PROPOSED, sources=(ACT,)
)
ASKED = an_event(2, EventKind.ASKED, by="bob", text="Since when?")
ADDED = an_event(3, EventKind.ADDED, text="Since July.", sources=(NEWS,))


# --- What follows from the events. --------------------------------------------------------------


def test_open_and_published_states_are_told_apart() -> None:
    assert {State.PENDING, State.NEEDS_INFO} == OPEN
    assert {State.ACCEPTED, State.REJECTED, State.UNDONE} == PUBLISHED
    for state in State:
        one = a_correction(SUBMITTED, state=state)
        assert one.is_open is (state in OPEN)
        assert one.is_public is (state in PUBLISHED)
    assert not a_correction(SUBMITTED, state=State.REJECTED, spam=True).is_public


def test_every_decision_has_its_outcome() -> None:
    assert dict(OUTCOME) == {
        Decision.ACCEPT: (State.ACCEPTED, EventKind.ACCEPTED),
        Decision.REJECT: (State.REJECTED, EventKind.REJECTED),
        Decision.NEEDS_INFO: (State.NEEDS_INFO, EventKind.ASKED),
    }


def test_the_message_is_what_the_submitter_wrote_first() -> None:
    assert a_correction(SUBMITTED, ASKED, ADDED).message == "The age is 21."
    assert a_correction().message is None


def test_the_newest_proposal_of_the_submitter_counts_and_not_what_was_accepted() -> None:
    anew = an_event(3, EventKind.ADDED, proposed={"status": "regulated"})
    accepted = an_event(4, EventKind.ACCEPTED, by="bob", proposed={"periods": []}, revision=9)

    assert a_correction(SUBMITTED, ASKED, ADDED, accepted).proposed == PROPOSED
    assert a_correction(SUBMITTED, ASKED, anew, accepted).proposed == {"status": "regulated"}
    assert a_correction(ASKED).proposed is None


def test_sources_are_listed_once_in_the_order_they_came_in_with_the_title_given_last() -> None:
    titled = CitedSource(NEWS.url, "The news")
    first = an_event(1, EventKind.SUBMITTED, sources=(NEWS, ACT))
    later = an_event(2, EventKind.ADDED, sources=(CitedSource(ACT.url), titled))

    assert a_correction(first, later).sources == (titled, ACT)


def test_the_verdict_is_the_event_that_settled_it_last() -> None:
    accepted = an_event(4, EventKind.ACCEPTED, by="bob", text="The act says so.")
    forgotten = an_event(5, EventKind.FORGOTTEN, by="cy")
    undone = an_event(6, EventKind.UNDONE, by="cy", text="It was another act.")

    assert a_correction(SUBMITTED, ASKED, ADDED).verdict is None
    assert a_correction(SUBMITTED, accepted, forgotten).verdict == accepted
    assert a_correction(SUBMITTED, accepted, undone).verdict == undone


# --- Who sees what. -----------------------------------------------------------------------------

SETTLED = {
    State.PENDING: (),
    State.NEEDS_INFO: (),
    State.ACCEPTED: (
        an_event(4, EventKind.ACCEPTED, by="bob", text="Yes.", proposed={"periods": []}),
    ),
    State.REJECTED: (an_event(4, EventKind.REJECTED, by="bob", text="No."),),
    State.WITHDRAWN: (an_event(4, EventKind.WITHDRAWN),),
    State.UNDONE: (
        an_event(4, EventKind.ACCEPTED, by="bob", text="Yes."),
        an_event(5, EventKind.UNDONE, by="cy", text="No."),
    ),
}
HIDDEN_FROM_THE_PUBLIC = [
    (State.PENDING, False),
    (State.NEEDS_INFO, False),
    (State.WITHDRAWN, False),
    (State.REJECTED, True),
]
SHOWN_TO_THE_PUBLIC = [(State.ACCEPTED, False), (State.REJECTED, False), (State.UNDONE, False)]


def standing(state: State, spam: bool) -> Correction:
    return a_correction(SUBMITTED, ASKED, ADDED, *SETTLED[state], state=state, spam=spam)


def test_the_table_of_sights_is_complete() -> None:
    told = {state for state, _ in (*HIDDEN_FROM_THE_PUBLIC, *SHOWN_TO_THE_PUBLIC)}
    assert told == set(State) == set(SETTLED)


@pytest.mark.parametrize(("state", "spam"), HIDDEN_FROM_THE_PUBLIC)
def test_the_public_sees_only_that_there_is_something(state: State, spam: bool) -> None:
    whole = standing(state, spam)

    seen = seen_by(whole, Sight.PUBLIC)

    assert (seen.message, seen.proposed, seen.sources) == (None, None, ())
    assert [(one.number, one.at, one.kind) for one in seen.events] == [
        (one.number, one.at, one.kind) for one in whole.events
    ]
    for one in seen.events:
        assert (one.by, one.text, one.proposed, one.sources) == (None, None, None, ())
    assert (seen.id, seen.state, seen.jurisdiction, seen.substance, seen.submitted_at) == (
        whole.id,
        state,
        "US-VA",
        "kratom",
        NOON,
    )


@pytest.mark.parametrize(("state", "spam"), SHOWN_TO_THE_PUBLIC)
def test_the_public_reads_all_that_was_said_once_it_is_decided(state: State, spam: bool) -> None:
    whole = standing(state, spam)

    seen = seen_by(whole, Sight.PUBLIC)

    assert seen.events == whole.events
    assert seen.message == "The age is 21."
    assert seen.verdict is not None
    assert seen.verdict.by is not None


@pytest.mark.parametrize(("state", "spam"), [*HIDDEN_FROM_THE_PUBLIC, *SHOWN_TO_THE_PUBLIC])
def test_the_submitter_reads_all_that_was_said_in_every_state(state: State, spam: bool) -> None:
    whole = standing(state, spam)

    assert seen_by(whole, Sight.SUBMITTER).events == whole.events


@pytest.mark.parametrize(("state", "spam"), [*HIDDEN_FROM_THE_PUBLIC, *SHOWN_TO_THE_PUBLIC])
def test_who_submitted_is_for_curators_alone(state: State, spam: bool) -> None:
    whole = standing(state, spam)

    assert seen_by(whole, Sight.CURATOR) == whole
    for sight in (Sight.PUBLIC, Sight.SUBMITTER):
        seen = seen_by(whole, sight)
        assert (seen.contact, seen.submitted_by) == (None, None)
