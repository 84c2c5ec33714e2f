"""What fails half-way leaves nothing, and any course of things goes as a plain model says."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.event import listen, remove

from regmap.domain.corrections import EventKind, State
from regmap.domain.errors import (
    Clash,
    NotOpen,
)
from regmap.services.snapshot import Geography
from regmap.store import corrections as kept
from regmap.store import revisions
from regmap.store.database import Database
from tests.services.corrections_model import (
    VIRGINIA,
    Modelled,
    Office,
    act,
    age_of,
    aged,
    an_office,
    may_follow,
    refused,
    with_age,
)
from tests.stores import Stores

ACTIONS = ["add", "withdraw", "accept", "reject", "ask", "undo"]
COUNTY = "US-VA-fairfax-county"


@pytest.fixture
def office(database: Database, geography: Geography, monkeypatch: pytest.MonkeyPatch) -> Office:
    return an_office(database, geography, monkeypatch)


# --- All or nothing. ----------------------------------------------------------------------------

WRITING: dict[str, list[tuple[Any, str]]] = {
    "submit": [(kept, "put"), (kept, "_put_event")],
    "accept": [(revisions, "append"), (kept, "_put_event"), (kept, "change")],
    "undo": [(revisions, "append"), (kept, "_put_event"), (kept, "change")],
    "reject": [(kept, "_put_event"), (kept, "change")],
    "add": [(kept, "_put_event"), (kept, "change")],
    "withdraw": [(kept, "_put_event"), (kept, "change")],
    "forget": [(kept, "forget_contact"), (kept, "_put_event"), (kept, "change")],
}
"""What each action goes through while it writes."""


class Failure(Exception):
    """The machine gives up."""


def ready(office: Office, action: str) -> Callable[[], Any]:
    """An action of which everything is prepared but the act itself."""
    if action == "submit":
        return office.submit
    id, secret = office.standing(State.ACCEPTED if action == "undo" else State.PENDING)
    if action == "forget":
        return lambda: office.forget(id)
    return lambda: act(office, action, id, secret)


@pytest.mark.parametrize("does_its_work", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    ("action", "step"),
    [(action, step) for action, steps in WRITING.items() for step in steps],
    ids=[f"{action}-{name}" for action, steps in WRITING.items() for _, name in steps],
)
def test_what_fails_at_a_step_leaves_nothing_and_can_be_done_again(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    step: tuple[Any, str],
    does_its_work: bool,
) -> None:
    call = ready(office, action)
    original = getattr(*step)

    def fail(*args: Any, **values: Any) -> None:
        if does_its_work:
            original(*args, **values)
        raise Failure

    before = office.contents()
    with monkeypatch.context() as patch:
        patch.setattr(*step, fail)
        with pytest.raises(Failure):
            call()
    assert office.contents() == before

    call()
    assert office.contents() != before


@pytest.mark.parametrize("action", WRITING)
def test_what_cannot_be_committed_leaves_nothing(office: Office, action: str) -> None:
    call = ready(office, action)
    before = office.contents()

    def fail(_: Any) -> None:
        raise Failure

    listen(office.database.engine, "commit", fail)
    with pytest.raises(Failure):
        call()
    remove(office.database.engine, "commit", fail)
    assert office.contents() == before

    call()
    assert office.contents() != before


KILLED = ["submit", "accept", "undo"]
"""What somebody is told of as done, so that it must be so."""


@pytest.mark.parametrize("action", KILLED)
def test_a_process_that_is_killed_at_any_statement_leaves_nothing_half_done(
    office: Office,
    action: str,
    stores: Stores,
    geography: Geography,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = an_office(stores.new(), geography, monkeypatch)
    ready(other, action)()
    done = shape(other)
    call = ready(office, action)
    before = office.contents()
    statement = 1
    while (is_killed := is_killed_at(statement, office.database, call)) and (
        office.contents() == before
    ):
        statement += 1

    assert shape(office) == done, f"killed at statement {statement}: {is_killed}"
    assert statement > len(WRITING[action]), "so it was killed in the middle, too"


def shape(office: Office) -> tuple[dict[str, int], list[tuple[State, int]]]:
    """How much is stored, and how far corrections have come; ids are others in each office."""
    standing = [(one.state, one.version) for one in office.corrections.listed()[0]]
    return {table: len(rows) for table, rows in office.contents().items()}, standing


def is_killed_at(statement: int, database: Database, call: Callable[[], Any]) -> bool:
    """Do something in a process that is killed at one of its statements, if it comes to that.

    A commit is the last of them.
    """
    database.close()  # connections are not for two processes
    child = os.fork()
    if child == 0:
        count = itertools.count(1)

        def kill(*_: Any) -> None:
            if next(count) == statement:
                os.kill(os.getpid(), signal.SIGKILL)

        for event in ("before_cursor_execute", "commit"):
            listen(database.engine, event, kill)
        try:
            call()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


# --- Any course of things. ----------------------------------------------------------------------


class AnyCourse(RuleBasedStateMachine):
    """Does anything to any of a few corrections, and asks the plain model what must come of it."""

    ids: Bundle[str] = Bundle("ids")
    open_office: Callable[[], Office]

    @initialize()
    def open(self) -> None:
        self.office = type(self).open_office()
        self.known: dict[str, Modelled] = {}
        self.age: int | None = 18
        self.changed_by: str | None = None
        self.next_age = 19

    @rule(target=ids)
    def submit(self) -> str:
        taken = self.office.submitted(submitter={"name": "Petronella"})
        self.known[taken.correction.id] = Modelled(str(taken.secret))
        return taken.correction.id

    @rule(id=ids, action=st.sampled_from(["add", "withdraw", "reject", "ask"]))
    def act(self, id: str, action: str) -> None:
        self._do(id, action, lambda: act(self.office, action, id, self.known[id].secret))

    @rule(id=ids)
    def accept(self, id: str) -> None:
        age, self.next_age = self.next_age, self.next_age + 1
        if self._do(id, "accept", lambda: self.office.decide(id, record=aged(age))):
            self.known[id].age_before, self.age, self.changed_by = self.age, age, id

    @rule(id=ids)
    def undo(self, id: str) -> None:
        if self.known[id].state is State.ACCEPTED and self.changed_by != id:
            refused(self.office, Clash, lambda: self.office.undo(id))
        elif self._do(id, "undo", lambda: self.office.undo(id)):
            self.age, self.changed_by = self.known[id].age_before, None

    @rule()
    def a_release_changes_the_record(self) -> None:
        self.age, self.changed_by = self.next_age, None
        self.next_age += 1
        self.office.revise(with_age(VIRGINIA, self.age))

    @rule(id=ids)
    def forget(self, id: str) -> None:
        self.office.forget(id)
        if self.known[id].has_contact:
            self.known[id].has_contact = False
            self.known[id].kinds.append(EventKind.FORGOTTEN)

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if not hasattr(self, "office"):
            return
        found, total = self.office.corrections.listed()
        assert total == len(self.known)
        for one in found:
            model = self.known[one.id]
            assert (one.state, one.version) == (model.state, len(model.kinds))
            assert [event.kind for event in one.events] == model.kinds
            assert [event.number for event in one.events] == list(range(1, len(model.kinds) + 1))
            assert (one.contact is not None) is model.has_contact
        assert age_of(self.office) == self.age

    def teardown(self) -> None:
        if hasattr(self, "office"):
            with self.office.database.reading() as connection:
                assert revisions.broken_link(connection) is None
            self.office.database.close()

    def _do(self, id: str, action: str, call: Callable[[], Any]) -> bool:
        """Do what the model allows, and see everything else refused."""
        if not may_follow(action, self.known[id].state):
            refused(self.office, NotOpen, call)
            return False
        call()
        self.known[id].do(action)
        return True


def test_any_course_of_things_goes_as_the_plain_model_says(
    stores: Stores, geography: Geography, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Database] = []

    class Course(AnyCourse):
        @staticmethod
        def open_office() -> Office:
            if opened:
                stores.take_back(opened.pop())
            opened.append(stores.new())
            return an_office(opened[0], geography, monkeypatch)

    run_state_machine_as_test(
        Course, settings=settings(max_examples=12, stateful_step_count=15, deadline=None)
    )
