"""A release meets what was corrected here since the last one: nothing of it is lost silently."""

import pytest

from regmap.domain.diff import Change
from regmap.domain.errors import DataProblem, InvalidValue
from regmap.schemas.record import record_to_document
from regmap.services.load import LoadReport
from regmap.services.snapshot import Geography
from regmap.services.source import SnapshotSource
from regmap.store.database import Database
from tests.builders import SUBSTANCES, a_period, a_record, a_release
from tests.services.releases import correct, load, log_of, present, take_back

STATE = a_record("US-TN", "unregulated")
TOWN = a_record("US-TN-knoxville", "prohibited")
EXTRACT = a_record("US-TN", "regulated", substance="7-oh")
AGE_18 = a_record("US-TN", a_period("regulated", "2020", min_age=18))
AGE_21 = a_record("US-TN", a_period("regulated", "2020", min_age=21))
AGE_25 = a_record("US-TN", a_period("regulated", "2020", min_age=25))
KEY = AGE_18.key


def told(report: LoadReport) -> tuple[int, int, int]:
    """How many records were changed, were kept, are in conflict."""
    return report.changed, report.kept, len(report.conflicts)


def test_a_release_that_says_what_it_said_before_leaves_a_correction_alone(
    database: Database,
) -> None:
    load(database, a_release(AGE_18, TOWN))
    correct(database, AGE_21)

    report = load(database, a_release(AGE_18, TOWN), "2")

    assert report == LoadReport(added=0, changed=0, same=1, removed=0, revisions=0, kept=1)
    assert present(database, KEY) == AGE_21


def test_a_release_that_took_the_correction_over_is_the_same(database: Database) -> None:
    load(database, a_release(AGE_18))
    correct(database, AGE_21)

    report = load(database, a_release(AGE_21), "2")

    assert (report.same, told(report)) == (1, (0, 0, 0))
    assert told(load(database, a_release(AGE_25), "3")) == (1, 0, 0), "it leads from here"
    assert present(database, KEY) == AGE_25


def test_a_release_that_says_something_new_of_a_corrected_record_is_a_conflict(
    database: Database,
) -> None:
    load(database, a_release(AGE_18, TOWN))
    revision = correct(database, AGE_21)
    eased = a_record("US-TN-knoxville", "regulated")

    report = load(database, a_release(AGE_25, eased), "2")

    [conflict] = report.conflicts
    assert (conflict.jurisdiction, conflict.substance) == KEY
    assert (conflict.revision, conflict.corrections) == (revision, ("c-1",))
    assert conflict.changes == [Change("/periods/0/min_age", 21, 25)]
    assert present(database, KEY) == AGE_21
    assert present(database, eased.key) == eased, "the rest is loaded"


def test_a_conflict_is_told_until_it_is_settled(database: Database) -> None:
    load(database, a_release(AGE_18))
    correct(database, AGE_21)
    first = load(database, a_release(AGE_25), "2").conflicts

    assert load(database, a_release(AGE_25), "2").conflicts == first
    assert told(load(database, a_release(AGE_21), "3")) == (0, 0, 0)
    assert told(load(database, a_release(AGE_25), "4")) == (1, 0, 0)


def test_every_correction_since_the_last_release_is_named(database: Database) -> None:
    load(database, a_release(AGE_18))
    correct(database, AGE_21, "c-1")
    load(database, a_release(AGE_21), "2")
    correct(database, AGE_25, "c-2")
    correct(database, STATE, "c-3")

    [conflict] = load(database, a_release(a_record("US-TN", "prohibited")), "3").conflicts

    assert conflict.corrections == ("c-2", "c-3")


@pytest.mark.parametrize("asked", ["US-TN", "US-TN:kratom"])
def test_overwriting_takes_what_the_release_says_as_a_revision(
    database: Database, asked: str
) -> None:
    load(database, a_release(AGE_18, TOWN))
    correct(database, AGE_21)

    report = load(database, a_release(AGE_25, TOWN), "2", overwrite=[asked])

    assert told(report) == (1, 0, 0)
    last = log_of(database)[-1]
    assert (last.subject, last.author, last.reason) == (KEY, "ben", "Release 2")
    assert (last.release, last.correction) == ("2", None)
    assert present(database, KEY) == AGE_25
    assert told(load(database, a_release(AGE_25, TOWN), "2")) == (0, 0, 0)


def test_overwriting_takes_the_release_even_where_it_says_nothing_new(database: Database) -> None:
    load(database, a_release(AGE_18))
    correct(database, AGE_21)

    assert told(load(database, a_release(AGE_18), "2", overwrite=["US-TN"])) == (1, 0, 0)
    assert present(database, KEY) == AGE_18


def test_overwriting_one_record_leaves_the_others_in_conflict(database: Database) -> None:
    load(database, a_release(AGE_18, EXTRACT))
    correct(database, AGE_21)
    correct(database, a_record("US-TN", "prohibited", substance="7-oh"), "c-2")
    other = a_record("US-TN", "unregulated", substance="7-oh")

    report = load(database, a_release(AGE_25, other), "2", overwrite=["US-TN:7-oh"])

    assert told(report) == (1, 0, 1)
    assert present(database, other.key) == other
    assert present(database, KEY) == AGE_21


@pytest.mark.parametrize("asked", ["US-GA", "US-TN:7-oh", "", ":kratom", "us-tn"])
def test_overwriting_what_no_release_speaks_of_is_refused(database: Database, asked: str) -> None:
    load(database, a_release(AGE_18))
    correct(database, a_record("US-GA", "regulated"))
    before = log_of(database)

    with pytest.raises(InvalidValue, match="--overwrite: no release speaks of"):
        load(database, a_release(AGE_25), "2", overwrite=["US-TN", asked])
    assert log_of(database) == before


def test_a_record_that_only_a_correction_made_is_kept(database: Database) -> None:
    load(database, a_release(TOWN))
    correct(database, AGE_21)

    report = load(database, a_release(TOWN), "2")

    assert (report.kept, report.removed, report.conflicts) == (1, 0, ())
    assert present(database, KEY) == AGE_21


def test_another_record_than_the_one_a_correction_made_is_a_conflict(database: Database) -> None:
    load(database, a_release(TOWN))
    correct(database, AGE_21)

    [conflict] = load(database, a_release(TOWN, AGE_18), "2").conflicts

    assert (conflict.corrections, conflict.present) == (("c-1",), record_to_document(AGE_21))
    assert present(database, KEY) == AGE_21


def test_what_a_record_that_stays_needs_stays_though_the_release_has_dropped_it(
    database: Database, geography: Geography
) -> None:
    nation = a_record("US-TN-nation", "regulated")
    load(database, a_release(STATE, TOWN, nation))
    correct(database, a_record("US-TN-knoxville", "regulated"))

    report = load(database, a_release(), "2")

    [conflict] = report.conflicts
    assert (conflict.jurisdiction, conflict.wanted) == ("US-TN-knoxville", None)
    assert report.removed == 2
    source = SnapshotSource(database, SUBSTANCES, geography, lambda snapshot: snapshot)
    tree = source.current().tree
    assert "US-TN-knoxville" in tree, "its record needs it"
    assert tree.get("US-TN").name == "The US-TN", "the town needs its state"
    assert "US-TN-nation" not in tree
    assert load(database, a_release(), "2").revisions == 0


def test_a_record_whose_correction_was_taken_back_follows_the_release_again(
    database: Database,
) -> None:
    load(database, a_release(AGE_18))
    correct(database, AGE_21)
    correct(database, AGE_18)

    assert told(load(database, a_release(AGE_18), "2")) == (0, 0, 0)
    assert told(load(database, a_release(AGE_25), "3")) == (1, 0, 0)


def test_a_late_export_does_not_bring_back_what_was_taken_back(database: Database) -> None:
    load(database, a_release(AGE_18))
    correct(database, AGE_21)
    correct(database, AGE_18)

    [conflict] = load(database, a_release(AGE_21), "2").conflicts

    assert conflict.corrections == ("c-1",)
    assert present(database, KEY) == AGE_18


def test_a_late_export_is_no_conflict_with_what_was_corrected_after_it(database: Database) -> None:
    load(database, a_release(AGE_18))
    correct(database, AGE_21)
    correct(database, AGE_25, "c-2")

    assert told(load(database, a_release(AGE_21), "2")) == (0, 1, 0)
    assert present(database, KEY) == AGE_25
    assert told(load(database, a_release(AGE_25), "3")) == (0, 0, 0)


def test_a_load_that_fails_at_the_end_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(database, a_release(AGE_18))
    before = log_of(database)

    def refuse(*_: object) -> None:
        raise DataProblem("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("regmap.store.released.note", refuse)
        with pytest.raises(DataProblem):
            load(database, a_release(AGE_25, TOWN), "2")

    assert log_of(database) == before
    assert told(load(database, a_release(AGE_25), "2")) == (1, 0, 0)


def test_a_store_from_before_corrections_were_possible_knows_what_its_releases_said(
    new_store_url: str,
) -> None:
    old = Database(new_store_url)
    load(old, a_release(AGE_18, EXTRACT))
    load(old, a_release(AGE_21), "2")
    old.migrate(to="0001")
    old.migrate()
    correct(old, AGE_25)

    assert told(load(old, a_release(AGE_21), "3")) == (0, 1, 0)
    assert told(load(old, a_release(AGE_18), "4")) == (0, 0, 1)
    old.close()


def test_a_jurisdiction_that_went_with_its_record_comes_back_with_another_one(
    database: Database,
) -> None:
    load(database, a_release(TOWN))
    made = correct(database, AGE_21)
    load(database, a_release(TOWN, AGE_21), "2")
    take_back(database, KEY, "c-1", made)

    report = load(database, a_release(TOWN, AGE_21, EXTRACT), "3")

    assert (report.added, report.kept, report.conflicts) == (1, 1, ())
    assert [one.subject for one in log_of(database)[-2:]] == [("US-TN", None), EXTRACT.key]
