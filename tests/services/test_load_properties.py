"""Any sequence of edited files, corrections, undos, exports and loads, against a plain model."""

from hypothesis import given, settings
from hypothesis import strategies as st

from regmap.domain.records import Record
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Subject
from tests.builders import a_period, a_record, a_release
from tests.services.releases import correct, load, take_back
from tests.stores import Stores

KEYS: list[Subject] = [("US-TN", "kratom"), ("US-TN", "7-oh"), ("US-GA", "kratom")]
Age = int | None
"""Stands for a whole record; None: there is none."""

Step = tuple[str, Subject, Age]
AGES = st.sampled_from([18, 19, 21])
STEPS = st.lists(
    st.tuples(st.just("edit"), st.sampled_from(KEYS), st.none() | AGES)
    | st.tuples(st.just("correct"), st.sampled_from(KEYS), AGES)
    | st.tuples(st.just("undo"), st.sampled_from(KEYS), st.none())
    | st.tuples(st.sampled_from(["load", "export"]), st.just(KEYS[0]), st.none()),
    max_size=25,
)


class Model:
    """One record: what stands here, and what the release said when it was heard last."""

    def __init__(self) -> None:
        self.here: Age = None
        self.heard: Age = None
        self.applied: list[tuple[str, int, Age]] = []  # with the revision, and the age before it
        self.made_here: set[Age] = set()  # whatever a correction, or taking one back, made of it

    def write(self, age: Age) -> None:
        self.here = age
        self.made_here.add(age)

    def check_load(self, wanted: Age, after: Age, is_conflict: bool) -> None:
        """Check what a load made of it, and take that over."""
        was_corrected = self.here != self.heard
        if was_corrected:
            assert after == self.here, "what was corrected here is not lost"
        if is_conflict:
            assert after == self.here
            assert wanted not in (self.here, self.heard)
            assert was_corrected or wanted in self.made_here
            return
        if was_corrected:
            assert wanted in {self.here, self.heard, *self.made_here}, "anything else is told"
        else:
            assert after == wanted, "what nobody corrected follows the release"
        if after != self.here:
            self.applied.clear()
        self.heard, self.here = wanted, after


class World:
    """A store, record files, and the model of both."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.models = {key: Model() for key in KEYS}
        self.files: dict[Subject, int] = {}

    def take(self, step: Step, id: str) -> None:
        kind, key, age = step
        one = self.models[key]
        if kind == "edit":
            self.files = {**self.files, key: age} if age else _without(self.files, key)
        elif kind == "correct" and age and age != one.here:
            one.applied.append((id, correct(self.database, aged(key, age), id), one.here))
            one.write(age)
        elif kind == "undo" and one.applied:
            id, revision, before = one.applied.pop()
            take_back(self.database, key, id, revision)
            one.write(before)
        elif kind == "export":
            self.files = {key: one.here for key, one in self.models.items() if one.here}
        elif kind == "load":
            self._load()

    def _load(self) -> None:
        release = a_release(*(aged(key, age) for key, age in self.files.items()))
        report = load(self.database, release)
        conflicts = {(one.jurisdiction, one.substance) for one in report.conflicts}
        with self.database.reading() as connection:
            last, _ = revisions.latest(connection)
            heads = {one.subject: one.document for one in revisions.heads(connection, last)}
        for key, one in self.models.items():
            document = heads.get(key)
            after = document["periods"][0]["min_age"] if document else None
            one.check_load(self.files.get(key), after, key in conflicts)
            assert not document or heads[key[0], None], "a record has its jurisdiction"
        again = load(self.database, release)
        assert (again.revisions, again.conflicts) == (0, report.conflicts)


def aged(key: Subject, age: int) -> Record:
    period = a_period("regulated", "2020", min_age=age)
    return a_record(key[0], period, substance=str(key[1]))


def _without(files: dict[Subject, int], key: Subject) -> dict[Subject, int]:
    return {one: age for one, age in files.items() if one != key}


@given(STEPS)
@settings(max_examples=60)
def test_no_correction_is_ever_lost_and_loading_twice_changes_nothing(
    stores: Stores, steps: list[Step]
) -> None:
    world = World(stores.new())
    for number, step in enumerate([*steps, ("load", KEYS[0], None)]):
        world.take(step, f"c-{number}")
    with world.database.reading() as connection:
        assert revisions.broken_link(connection) is None
    stores.take_back(world.database)
