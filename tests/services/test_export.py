"""Writing the records back to their files: just what was corrected, and nobody's work lost."""

import difflib
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from regmap.domain.records import Record
from regmap.release.files import Release, read_release, record_path, write_file
from regmap.release.substances import read_substances
from regmap.services.export import ExportReport, Step, export_records
from regmap.services.snapshot import Geography
from regmap.store.database import Database
from tests.builders import SUBSTANCES, a_jurisdiction, a_period, a_record, a_release
from tests.conftest import DATA
from tests.services.releases import correct, load, take_back

AGE_18 = a_record("US-TN", a_period("regulated", "2020", min_age=18))
AGE_21 = a_record("US-TN", a_period("regulated", "2020", min_age=21))
AGE_25 = a_record("US-TN", a_period("regulated", "2020", min_age=25))
EXTRACT = a_record("US-TN", "prohibited", substance="7-oh")
COUNTRY = a_record("TH", "regulated")
STATE_FILE = Path("US/US-TN.yaml")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The record files of a release that was loaded: two countries' worth."""
    return tmp_path / "records"


@pytest.fixture
def loaded(database: Database, folder: Path) -> Database:
    """A store that says what the files say."""
    load(database, a_release(AGE_18, EXTRACT, COUNTRY))
    write(folder, AGE_18, EXTRACT)
    write(folder, COUNTRY)
    return database


def write(folder: Path, *records: Record) -> Path:
    return write_file(folder, a_jurisdiction(records[0].jurisdiction), records)


def export(database: Database, folder: Path, check: bool = False) -> ExportReport:
    return export_records(database, folder, SUBSTANCES, check=check)


def contents(folder: Path) -> dict[Path, bytes]:
    return {one.relative_to(folder): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


def steps(report: ExportReport, folder: Path) -> dict[Path, str]:
    return {one.path.relative_to(folder): str(one.step) for one in report.steps}


def refused(report: ExportReport, folder: Path) -> dict[Path, str]:
    return {one.path.relative_to(folder): one.reason for one in report.conflicts}


# --- The real records. --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(geography: Geography) -> Release:
    today = datetime.now(UTC).date()
    known = geography.atlas.jurisdictions
    return read_release(DATA / "records", read_substances(DATA / "substances.yaml"), known, today)


def test_a_store_that_nobody_corrected_gives_every_real_file_byte_for_byte(
    database: Database, real: Release, tmp_path: Path
) -> None:
    load(database, real)
    copy, anew = tmp_path / "copy", tmp_path / "anew"
    shutil.copytree(DATA / "records", copy)

    assert export(database, copy) == ExportReport((), ())
    made = export(database, anew)

    assert {one.step for one in made.steps} == {Step.NEW}
    assert contents(copy) == contents(anew) == contents(DATA / "records")
    assert len(made.steps) == len(real.jurisdictions)


def test_one_correction_changes_the_lines_concerned_in_one_file(
    database: Database, real: Release, tmp_path: Path
) -> None:
    load(database, real)
    folder = tmp_path / "records"
    shutil.copytree(DATA / "records", folder)
    before = contents(folder)
    virginia = real.records["US-VA", "kratom"]
    newest = replace(virginia.periods[-1], min_age=19)
    correct(database, replace(virginia, periods=(*virginia.periods[:-1], newest)))

    report = export(database, folder)

    file = record_path("US-VA")
    assert steps(report, folder) == {file: "changed"}
    after = contents(folder)
    assert {one for one in after if after[one] != before.get(one)} == {file}
    told = [
        line
        for line in difflib.ndiff(
            before[file].decode().splitlines(), after[file].decode().splitlines()
        )
        if line[:2] in ("- ", "+ ")
    ]
    assert [line[2:].strip() for line in told] == [
        f"min_age: {virginia.periods[-1].min_age}",
        "min_age: 19",
    ]


# --- What is written. ---------------------------------------------------------------------------


def test_a_file_that_says_the_same_in_another_way_is_left_alone(
    loaded: Database, folder: Path
) -> None:
    file = folder / STATE_FILE
    text = "# checked by hand\n" + file.read_text().replace("'", '"')
    file.write_text(text)

    assert export(loaded, folder) == ExportReport((), ())
    assert file.read_text() == text


def test_a_record_that_a_correction_made_comes_into_the_file_of_its_jurisdiction(
    loaded: Database, folder: Path
) -> None:
    correct(loaded, a_record("TH", "regulated", substance="7-oh"))

    report = export(loaded, folder)

    assert steps(report, folder) == {Path("TH.yaml"): "changed"}
    assert (folder / "TH.yaml").read_text().startswith("jurisdiction: TH\n")
    assert "  7-oh:\n" in (folder / "TH.yaml").read_text()


def test_a_jurisdiction_that_a_correction_brought_gets_a_file(
    loaded: Database, folder: Path
) -> None:
    made = a_record("US-GA", "regulated")
    correct(loaded, made)

    assert steps(export(loaded, folder), folder) == {Path("US/US-GA.yaml"): "new"}
    assert (folder / "US" / "US-GA.yaml").read_bytes() == write(folder / "x", made).read_bytes()


def test_the_records_in_a_file_keep_their_order(loaded: Database, folder: Path) -> None:
    write(folder, EXTRACT, AGE_18)
    correct(loaded, AGE_21)

    export(loaded, folder)

    text = (folder / STATE_FILE).read_text()
    assert text.index("  7-oh:") < text.index("  kratom:")


def test_exporting_twice_changes_nothing(loaded: Database, folder: Path) -> None:
    correct(loaded, AGE_21)
    export(loaded, folder)
    before = contents(folder)

    assert export(loaded, folder) == ExportReport((), ())
    assert contents(folder) == before


def test_a_second_correction_follows_an_export_that_was_not_loaded_yet(
    loaded: Database, folder: Path
) -> None:
    correct(loaded, AGE_21)
    export(loaded, folder)
    made = correct(loaded, AGE_25, "c-2")

    assert steps(export(loaded, folder), folder) == {STATE_FILE: "changed"}
    take_back(loaded, AGE_25.key, "c-2", made)
    assert steps(export(loaded, folder), folder) == {STATE_FILE: "changed"}
    assert (folder / STATE_FILE).read_bytes() == write(folder / "x", AGE_21, EXTRACT).read_bytes()


def test_an_export_that_is_loaded_again_is_the_same(loaded: Database, folder: Path) -> None:
    correct(loaded, AGE_21)
    export(loaded, folder)
    read = read_release(folder, SUBSTANCES, {"US": a_jurisdiction("US")}, datetime.now(UTC).date())

    report = load(loaded, read, "2")

    assert (report.same, report.revisions, report.conflicts) == (3, 0, ())


def test_a_check_tells_what_would_change_and_changes_nothing(
    loaded: Database, folder: Path
) -> None:
    correct(loaded, AGE_21)
    before = contents(folder)

    report = export(loaded, folder, check=True)

    assert steps(report, folder) == {STATE_FILE: "changed"}
    assert contents(folder) == before


def test_the_file_of_a_jurisdiction_that_was_taken_back_goes_away(
    loaded: Database, folder: Path
) -> None:
    made = correct(loaded, a_record("US-GA", "regulated"))
    export(loaded, folder)
    take_back(loaded, ("US-GA", "kratom"), "c-1", made)

    assert steps(export(loaded, folder), folder) == {Path("US/US-GA.yaml"): "deleted"}
    assert not (folder / "US" / "US-GA.yaml").exists()


# --- What is not. -------------------------------------------------------------------------------


def test_edits_that_were_never_loaded_are_not_overwritten(loaded: Database, folder: Path) -> None:
    write(folder, AGE_25, EXTRACT)
    write(folder, a_record("TH", "unregulated"))
    correct(loaded, AGE_21)
    before = contents(folder)

    report = export(loaded, folder)

    assert report.steps == ()
    assert refused(report, folder) == {
        STATE_FILE: "has edits that were never loaded (kratom)",
        Path("TH.yaml"): "has edits that were never loaded (kratom)",
    }
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("name: The US-TN", "name: Tennessee", "never loaded (the jurisdiction itself)"),
        ("  7-oh:", "  kava:", "never loaded (7-oh, kava)"),
        ("status: regulated", "status: legal", "cannot be read (line 10: "),
        ("records:", "records: [", "cannot be read (line "),
        ("jurisdiction: US-TN", "jurisdiction: US-GA", "the file of US-GA is "),
    ],
)
def test_any_edit_that_was_never_loaded_is_told(
    loaded: Database, folder: Path, old: str, new: str, reason: str
) -> None:
    file = folder / STATE_FILE
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    correct(loaded, AGE_21)
    before = contents(folder)

    report = export(loaded, folder)

    assert reason in refused(report, folder)[STATE_FILE]
    assert contents(folder) == before


def test_a_file_in_the_wrong_place_is_told_and_gets_no_twin(loaded: Database, folder: Path) -> None:
    (folder / STATE_FILE).rename(folder / "US-TN.yml")

    report = export(loaded, folder)

    assert list(refused(report, folder)) == [Path("US-TN.yml")]
    assert not (folder / STATE_FILE).exists()


def test_a_new_file_that_was_never_loaded_stays(loaded: Database, folder: Path) -> None:
    write(folder, a_record("US-GA", "regulated"))

    assert list(refused(export(loaded, folder), folder)) == [Path("US/US-GA.yaml")]
    assert (folder / "US" / "US-GA.yaml").exists()


def test_a_file_that_the_store_has_removed_stays_if_it_has_edits(
    loaded: Database, folder: Path
) -> None:
    made = correct(loaded, a_record("US-GA", "regulated"))
    export(loaded, folder)
    take_back(loaded, ("US-GA", "kratom"), "c-1", made)
    write(folder, a_record("US-GA", "prohibited"))

    report = export(loaded, folder)

    assert (report.steps, list(refused(report, folder))) == ((), [Path("US/US-GA.yaml")])


def test_a_disk_that_refuses_one_file_is_told_and_the_others_are_written(
    loaded: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    correct(loaded, AGE_21)
    correct(loaded, a_record("TH", "prohibited"))
    before = contents(folder)
    replaced = Path.replace

    def refuse_states(self: Path, target: Path) -> Path:
        if target.name == STATE_FILE.name:
            raise OSError(28, "No space left on device")
        return replaced(self, target)

    monkeypatch.setattr(Path, "replace", refuse_states)
    report = export(loaded, folder)

    assert [(one.path, one.reason) for one in report.failed] == [
        (folder / STATE_FILE, "No space left on device")
    ]
    assert steps(report, folder) == {Path("TH.yaml"): "changed"}
    after = contents(folder)
    assert after.keys() == before.keys(), "nothing half-written is left"
    assert after[STATE_FILE] == before[STATE_FILE]
