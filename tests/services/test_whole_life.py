"""The whole life of a data set, in any order, against a plain model that forgets nothing.

Corrections are handed in, added to, withdrawn, decided and taken back, releases are loaded, files
are exported, the past is asked for, the program is stopped and started, and the store is lost and
comes back from a backup. After every step the log verifies, nothing that was written is gone, and
what is served is what the model says.
"""

from __future__ import annotations

import copy
import gzip
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from regmap.domain.corrections import Decision, EventKind, State
from regmap.domain.errors import Clash, DataProblem, InvalidValue, NotOpen
from regmap.domain.locations import Within
from regmap.domain.records import Record
from regmap.domain.vocabulary import Status
from regmap.release.files import Release, read_release
from regmap.schemas.record import record_from_document, record_to_document
from regmap.services.backup import make_backup, restore
from regmap.services.bundle import Services, open_services
from regmap.services.corrections import Corrections
from regmap.services.curation import Curation
from regmap.services.export import export_records
from regmap.services.load import load_release
from regmap.services.snapshot import Geography
from regmap.store import revisions
from regmap.store.database import Database
from tests.served import DATA
from tests.services.corrections_model import KEYS as SECRET_KEYS
from tests.services.corrections_model import TODAY, Office, act, may_follow, refused
from tests.services.whole_life import (
    COUNTRY,
    RECORDS,
    STATE,
    STRICTEST_FIRST,
    Handed,
    Key,
    Model,
    Said,
    record_saying,
    rows_of,
    said_by,
)

BEGUN = datetime(2026, 1, 2, tzinfo=UTC)

keys = st.sampled_from(RECORDS)
sayings = st.tuples(st.sampled_from(STRICTEST_FIRST), st.integers(1, 3))


class QuickOffice(Office):
    """An office that does not work out what a decision would change: that takes seconds."""

    def read(self, id: str) -> str:
        return self.curation.basis(id).etag


@dataclass(frozen=True)
class Kept:
    """A backup: the file, what the model said then, and every row that there was."""

    file: Path
    model: Model
    rows: dict[str, list[tuple[Any, ...]]]


# --- The machine. -------------------------------------------------------------------------------


class WholeLife(RuleBasedStateMachine):
    """Does anything to a small data set, and holds it against the model."""

    ids: Bundle[str] = Bundle("ids")
    backups: Bundle[Kept] = Bundle("backups")
    new_database: Callable[[], Database]
    folders: Callable[[], Path]
    geography: Geography

    @initialize()
    def begin(self) -> None:
        self.model = Model()
        self.files: dict[Key, Said] = {COUNTRY: ("unregulated", 1), STATE: ("regulated", 1)}
        self.releases = 0
        database = type(self).new_database()
        self._load_into(database, self.files, None, BEGUN)
        self.office = self._opened(database, BEGUN)

    @rule(target=ids, key=keys, said=st.none() | sayings)
    def submit(self, key: Key, said: Said | None) -> str:
        contact = f"sender-{self.office.now:%j%H%M}@example.org"
        proposed = record_to_document(record_saying(key, said)) if said else None
        taken = self.office.submitted(
            jurisdiction=key[0], substance=key[1], proposed=proposed, submitter={"email": contact}
        )
        base = self.model.here.get(key)
        id = taken.correction.id
        self.model.handed[id] = Handed(key, str(taken.secret), contact, said, base, contact)
        return id

    @rule(id=ids, said=st.none() | sayings)
    def add(self, id: str, said: Said | None) -> None:
        one = self._one(id)
        if one is None:
            return
        document: dict[str, Any] = {"message": "Since July."}
        if said:
            document["proposed"] = record_to_document(record_saying(one.key, said))
        if self._do(id, "add", lambda: self.office.add(id, one.secret, **document)):
            one.do(State.PENDING, EventKind.ADDED)
            if said:
                one.proposed, one.base = said, self.model.here.get(one.key)

    @rule(id=ids, action=st.sampled_from(["withdraw", "reject", "ask"]))
    def end_or_ask(self, id: str, action: str) -> None:
        one = self._one(id)
        if one and self._do(id, action, lambda: act(self.office, action, id, one.secret)):
            one.do(*_AFTER[action])

    @rule(id=ids, given=st.none() | sayings)
    def accept(self, id: str, given: Said | None) -> None:
        one = self._one(id)
        if one is None:
            return
        here = self.model.here.get(one.key)
        if one.base != here and given is None:
            given = one.proposed  # the record has moved: a curator says what is to be written
        wanted = given or one.proposed
        document = record_to_document(record_saying(one.key, given)) if given else None

        def decide() -> None:
            self.office.decide(id, Decision.ACCEPT, record=document)

        if one.state in _OPEN and (wanted is None or wanted == here):
            refused(self.office, InvalidValue, decide)
        elif self._do(id, "accept", decide):
            self.model.correct(one.key, wanted, self.office.now)
            one.do(State.ACCEPTED, EventKind.ACCEPTED)
            one.at = len(self.model.history[one.key])

    @rule(target=ids, key=keys, said=sayings)
    def correct(self, key: Key, said: Said) -> str:
        """Hand in and accept: what most others have to be tried after."""
        id = str(self.submit(key, said))
        self.accept(id, None)
        return id

    @rule(id=ids)
    def undo(self, id: str) -> None:
        one = self._one(id)
        if one is None:
            return
        history = self.model.history[one.key]
        if one.state is State.ACCEPTED and one.at != len(history):
            refused(self.office, Clash, lambda: self.office.undo(id))
        elif self._do(id, "undo", lambda: self.office.undo(id)):
            before = history[one.at - 2] if one.at > 1 else None
            self.model.correct(one.key, before, self.office.now)
            one.do(State.UNDONE, EventKind.UNDONE)

    @rule(id=ids)
    def decide_on_what_has_moved_since(self, id: str) -> None:
        one = self._one(id)
        if one is None or one.state not in _OPEN:
            return
        read = self.office.read(id)
        self.add(id, None)
        refused(self.office, Clash, lambda: self.office.decide(id, Decision.REJECT, read=read))

    @rule(id=ids)
    def forget(self, id: str) -> None:
        one = self._one(id)
        if one is None:
            return
        self.office.forget(id)
        if one.contact:
            one.contact = ""
            one.kinds.append(EventKind.FORGOTTEN)

    @rule(key=keys, said=st.none() | sayings)
    def edit_the_files(self, key: Key, said: Said | None) -> None:
        if said:
            self.files[key] = said
        elif key != COUNTRY:
            self.files.pop(key, None)

    @rule(forced=st.none() | keys)
    def load(self, forced: Key | None) -> None:
        if forced not in {*self.files, *self.model.heard}:
            forced = None
        self._load_into(self.office.database, self.files, forced, self.office.tick())

    @rule(key=keys, said=sayings)
    def release(self, key: Key, said: Said) -> None:
        """Edit and load."""
        self.edit_the_files(key, said)
        self.load(None)

    @rule()
    def export(self) -> None:
        folder = type(self).folders()
        substances = self.office.source.current().snapshot.substances
        report = export_records(self.office.database, folder, substances)
        assert not report.conflicts
        assert not report.failed
        release = read_release(folder, substances, self.geography.atlas.jurisdictions, TODAY)
        assert release.problems == []
        assert {key: said_by(one) for key, one in release.records.items()} == self.model.here
        self.files = dict(self.model.here)

    @precondition(lambda self: self.model.moments)
    @rule(data=st.data())
    def ask_for_the_past(self, data: st.DataObject) -> None:
        moment, then = data.draw(st.sampled_from(self.model.moments))
        snapshot = self.office.source.known_at(moment).snapshot
        # the last of several writes of one moment is what stood there
        later = [said for at, said in self.model.moments if at == moment]
        assert self._served(snapshot.record_of) == later[-1]
        assert then in later

    @rule()
    def restart(self) -> None:
        now, database = self.office.now, self.office.database
        database.close()
        self.office = self._opened(Database(f"sqlite:///{database.file}"), now)

    @rule(target=backups)
    def back_up(self) -> Kept:
        file = type(self).folders() / "regmap.backup"
        make_backup(self.office.database, file, self.office.tick())
        # what is erased before is in no backup
        text = gzip.decompress(file.read_bytes()).decode()
        for one in self.model.handed.values():
            assert (one.address in text) is bool(one.contact)
        return Kept(file, copy.deepcopy(self.model), rows_of(self.office.database.file))

    @rule(kept=backups)
    def lose_the_store_and_restore_it(self, kept: Kept) -> None:
        self.office.database.close()
        database = Database(f"sqlite:///{type(self).folders() / 'restored.sqlite'}")
        restored = restore(database, kept.file)
        assert restored.audit.problems == ()
        assert rows_of(database.file) == kept.rows
        self.model = copy.deepcopy(kept.model)
        self.office = self._opened(database, self.office.now)

    @rule(kept=backups)
    def a_store_that_holds_anything_is_never_restored_into(self, kept: Kept) -> None:
        refused(self.office, DataProblem, lambda: restore(self.office.database, kept.file))

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if not hasattr(self, "office"):
            return
        self._check_log()
        self._check_corrections()
        asked = self.office.source.refreshed()
        assert self._served(asked.snapshot.record_of) == self.model.here
        for key in RECORDS:
            assert _status_at(asked, key) == self.model.status_of(key)
            told = asked.history.of_record(*key, asked.snapshot.revision)
            said = [_said_in(edit.revision.document) for edit in told]
            assert said == self.model.history[key]

    def teardown(self) -> None:
        if hasattr(self, "office"):
            self.office.database.close()

    # --- Its hands. -----------------------------------------------------------------------------

    def _opened(self, database: Database, now: datetime) -> Office:
        source = open_services(database, DATA, None, lambda: TODAY)
        corrections = Corrections(database, SECRET_KEYS)
        return QuickOffice(database, source, corrections, Curation(database, source), now)

    def _load_into(
        self, database: Database, files: dict[Key, Said], forced: Key | None, now: datetime
    ) -> None:
        self.releases += 1
        known = self.geography.atlas.jurisdictions
        release = Release(
            jurisdictions={id: known[id] for id, _ in files},
            records={key: record_saying(key, said) for key, said in files.items()},
        )
        report = load_release(
            database,
            release,
            author="the loader",
            reason="A release",
            name=str(self.releases),
            now=now,
            overwrite=[":".join(forced)] if forced else (),
        )
        conflicts = {(one.jurisdiction, str(one.substance)) for one in report.conflicts}
        self.model.load(files, forced, conflicts & set(RECORDS), now)

    def _one(self, id: str) -> Handed | None:
        """A correction; None where it came after the backup that the store was restored from."""
        return self.model.handed.get(id)

    def _do(self, id: str, action: str, call: Callable[[], Any]) -> bool:
        """Do what the model allows, and see everything else refused."""
        if may_follow(action, self.model.handed[id].state):
            call()
            return True
        refused(self.office, NotOpen, call)
        return False

    def _served(self, record_of: Callable[[str, str], Record | None]) -> dict[Key, Said]:
        found = {key: said_by(record_of(*key)) for key in RECORDS}
        return {key: said for key, said in found.items() if said is not None}

    def _check_log(self) -> None:
        """The chain holds, and begins with everything that was ever in it."""
        with self.office.database.reading() as connection:
            assert revisions.broken_link(connection) is None
        rows = [(one.revision, one.hash) for one in self.office.log()]
        assert rows[: len(self.model.rows)] == self.model.rows, "something was lost"
        self.model.rows = rows

    def _check_corrections(self) -> None:
        found, total = self.office.corrections.listed()
        assert {one.id for one in found} == set(self.model.handed)
        assert total == len(found)
        for one in found:
            model = self.model.handed[one.id]
            assert (one.state, one.version) == (model.state, len(model.kinds))
            assert [event.kind for event in one.events] == model.kinds
            assert (one.contact.email if one.contact else "") == model.contact
            assert self.office.corrections.is_submitter(one.id, model.secret)


_OPEN = (State.PENDING, State.NEEDS_INFO)
_AFTER = {
    "withdraw": (State.WITHDRAWN, EventKind.WITHDRAWN),
    "reject": (State.REJECTED, EventKind.REJECTED),
    "ask": (State.NEEDS_INFO, EventKind.ASKED),
}


def _said_in(document: Any) -> Said | None:
    return said_by(None if document is None else record_from_document(document))


def _status_at(asked: Services, key: Key) -> Status:
    substance = asked.snapshot.substances[key[1]]
    found = asked.lookup.at(Within(key[0]), substance, TODAY).resolution
    assert found is not None
    return found.status


def test_any_life_of_a_data_set_is_what_the_plain_model_says(
    geography: Geography, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("regmap.services.bundle.open_geography", lambda *_: geography)
    empty = Database(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    empty.migrate()
    empty.scrub()
    empty.close()
    numbers = count()

    def new_folder() -> Path:
        made = tmp_path / f"{next(numbers)}"
        made.mkdir()
        return made

    class Life(WholeLife):
        folders = staticmethod(new_folder)

        @staticmethod
        def new_database() -> Database:
            file = shutil.copy(empty.file, new_folder() / "regmap.sqlite")
            return Database(f"sqlite:///{file}")

    Life.geography = geography
    run_state_machine_as_test(
        Life, settings=settings(max_examples=5, stateful_step_count=25, deadline=None)
    )
