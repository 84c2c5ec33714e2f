"""How the states and events of corrections are written on pages, in the language of the request."""

from collections.abc import Mapping

from flask_babel import gettext

from regmap.domain.corrections import Event, EventKind, State
from regmap.domain.wording import said
from regmap.web.languages import told

_STATES: Mapping[State, str] = {
    State.PENDING: said("Waiting for a decision"),
    State.NEEDS_INFO: said("Question to the submitter"),
    State.ACCEPTED: said("Accepted"),
    State.REJECTED: said("Rejected"),
    State.WITHDRAWN: said("Withdrawn"),
    State.UNDONE: said("Taken back"),
}
_MEANINGS: Mapping[State, str] = {
    State.PENDING: said("A curator will look at it and at its sources. Nothing has changed yet."),
    State.NEEDS_INFO: said("A curator asked for more before deciding. Nothing has changed yet."),
    State.ACCEPTED: said("The record was changed; the map and all answers show it."),
    State.REJECTED: said("The record was left as it was, for the reason given."),
    State.WITHDRAWN: said("Whoever sent it took it back before it was decided."),
    State.UNDONE: said(
        "It was accepted at first; later the record was set back, for the reason given."
    ),
}
_EVENTS: Mapping[EventKind, str] = {
    EventKind.SUBMITTED: said("Handed in"),
    EventKind.ADDED: said("Added by the submitter"),
    EventKind.ASKED: said("Question"),
    EventKind.ACCEPTED: said("Accepted"),
    EventKind.REJECTED: said("Rejected"),
    EventKind.WITHDRAWN: said("Withdrawn by the submitter"),
    EventKind.UNDONE: said("Taken back"),
    EventKind.FORGOTTEN: said("The submitter's name and e-mail were erased"),
}


def state_word(state: State) -> str:
    """Where a correction stands, in a word or a few."""
    return told(_STATES[state])


def state_meaning(state: State) -> str:
    """What that means, in a sentence."""
    return told(_MEANINGS[state])


def event_words(event: Event) -> str:
    """What happened, and which curator did it, as far as the event may tell."""
    what = told(_EVENTS[event.kind])
    if event.by is None:
        return what
    return gettext("%(what)s, by %(name)s", what=what, name=event.by)
