"""The command line: what it says, and its exit status (0 good, 1 found problems, 2 wrong use)."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from regmap import __version__
from regmap.cli import main
from tests.cli.conftest import Run, assert_explained
from tests.served import DATA


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


# --- Use. ---------------------------------------------------------------------------------------


def test_the_version_is_told(run: Run) -> None:
    assert __version__ in run("--version").stdout


def test_help_names_every_command(run: Run) -> None:
    told = run("--help").stdout

    for name in main.commands:
        assert name in told
        assert run(name, "--help").exit_code == 0


WRONG_USE = [
    ("no-such-command",),
    ("status",),
    ("status", "TH", "US"),
    ("status", "TH", "--colour", "red"),
    ("serve", "--port", "70000"),
    ("serve", "--port", "eighty"),
    ("serve", "--workers", "0"),
    ("validate", "/no/such/file.yaml"),
    ("load", "extra"),
]


@pytest.mark.parametrize("arguments", WRONG_USE, ids=" ".join)
def test_wrong_use_is_exit_status_2_and_shows_the_usage(run: Run, arguments: tuple[str]) -> None:
    assert_explained(run(*arguments), 2, "Usage:")


# --- init and load. -----------------------------------------------------------------------------


def test_init_makes_the_database_and_may_run_again(run: Run, tmp_path: Path) -> None:
    first, second = run("init"), run("init")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout == second.stdout
    assert str(tmp_path / "regmap.sqlite") in first.stdout
    assert (tmp_path / "regmap.sqlite").is_file()


def test_init_refuses_a_file_that_is_no_database(run: Run, tmp_path: Path) -> None:
    (tmp_path / "regmap.sqlite").write_text("a letter to a friend " * 100)

    assert_explained(run("init"), 1, "regmap.sqlite", "not a database")
    assert "a letter" in (tmp_path / "regmap.sqlite").read_text()


def test_load_before_init_says_what_to_do(run: Run) -> None:
    assert_explained(run("load"), 1, "regmap init")


def test_load_reports_what_it_did_and_may_run_again(run: Run, data_dir: Path) -> None:
    run("init")

    first, second = run("load"), run("load")

    assert first.stdout == "5 added, 0 changed, 0 same, 0 removed (8 revisions).\n"
    assert second.stdout == "0 added, 0 changed, 5 same, 0 removed (0 revisions).\n"
    assert (first.exit_code, second.exit_code) == (0, 0)


def test_load_records_each_difference(run: Run, data_dir: Path) -> None:
    run("init")
    run("load")
    _edit(data_dir / "records" / "TH.yaml", "name: Thailand", "name: Siam")
    _edit(data_dir / "records" / "TH.yaml", "as_of: 2025-10-12", "as_of: 2025-10-11")
    (data_dir / "records" / "US" / "US-RI.yaml").unlink()

    said = run("load", "--author", "ana", "--reason", "Corrections").stdout

    assert said == "0 added, 1 changed, 2 same, 2 removed (5 revisions).\n"
    assert run("verify").exit_code == 0


def test_load_takes_nothing_of_a_release_with_a_problem(run: Run, data_dir: Path) -> None:
    run("init")
    _edit(data_dir / "records" / "TH.yaml", "status: regulated", "status: legal")

    result = run("load")

    assert_explained(result, 1, "TH.yaml:", "nothing was loaded")
    assert run("verify").stdout.startswith("0 revisions")


# --- validate. ----------------------------------------------------------------------------------


def test_the_records_have_no_problem(run: Run) -> None:
    result = run("validate")

    assert result.exit_code == 0, result.output
    assert "no problem" in result.stdout


RECORD = """\
jurisdiction: TH
name: Thailand
level: country
parent: null
records:
  kratom:
    periods:
    - from: '2021-08'
      to: null
      status: regulated
      min_age: 18
      possession: allowed
      sale: allowed
      rules: {labeling: true}
      sources:
      - {title: Act, url: https://example.org/act, kind: statute}
      confidence: high
      extent: whole
    evidence_as_of: 2025-10-12
"""
# What is changed in it, and how: the line and the field that must be named.
BROKEN = {
    "unknown status": ("status: regulated", "status: legal", 10, "records.kratom.periods.0.status"),
    "unknown field": ("name: Thailand", "name: Thailand\ncolour: red", 3, "colour"),
    "unknown rule": (
        "{labeling",
        "{no_such_rule",
        14,
        "records.kratom.periods.0.rules.no_such_rule",
    ),
    "key twice": ("name: Thailand", "name: Thailand\nname: Siam", 3, "name"),
    "parent in a circle": ("parent: null", "parent: TH", 4, "parent"),
    "parent that is none": ("parent: null", "parent: XX", 4, "parent"),
    "level that does not fit": ("level: country", "level: county", 1, "jurisdiction"),
    "number in words": ("min_age: 18", "min_age: 'old'", 11, "records.kratom.periods.0.min_age"),
    "no web address": ("https:", "ftp:", 16, "records.kratom.periods.0.sources.0.url"),
    "no date": ("from: '2021-08'", "from: '2021-13'", 8, "records.kratom.periods.0.from"),
    "end before start": ("to: null", "to: '2020'", 9, "records.kratom.periods.0.to"),
    "contradiction": ("sale: allowed", "sale: prohibited", 13, "records.kratom.periods.0.sale"),
    "evidence to come": ("2025-10-12", "2199-01-01", 19, "records.kratom.evidence_as_of"),
    "no YAML": ("{labeling: true}", "{labeling: true", 15, "file"),
    "a tag": ("name: Thailand", "name: !!python/name:os.system x", 2, "name"),
    "an alias": ("name: Thailand", "name: &a Thailand\nx: *a", 2, "name"),
}


@pytest.mark.parametrize(("old", "new", "line", "field"), BROKEN.values(), ids=BROKEN)
def test_what_is_wrong_in_a_record_file_is_named_with_its_line_and_field(
    run: Run, data_dir: Path, old: str, new: str, line: int, field: str
) -> None:
    file = data_dir / "records" / "TH.yaml"
    file.write_text(RECORD, encoding="utf-8")
    assert run("validate").exit_code == 0
    _edit(file, old, new)

    result = run("validate")

    assert_explained(result, 1, f"{file}:{line}: {field}: ")
    assert result.stderr.splitlines()[-1].endswith(("1 problem found.", "problems found."))


def test_only_the_named_files_are_reported(run: Run, data_dir: Path) -> None:
    _edit(data_dir / "records" / "TH.yaml", "status: regulated", "status: legal")

    assert run("validate", str(data_dir / "records" / "US")).exit_code == 0
    assert run("validate", str(data_dir / "records" / "TH.yaml")).exit_code == 1
    assert run("validate", str(data_dir / "records")).exit_code == 1


def test_a_file_that_is_no_record_file_is_not_called_good(run: Run, tmp_path: Path) -> None:
    elsewhere = tmp_path / "US-XX.yaml"
    elsewhere.write_text("jurisdiction: US-XX\nbogus: 1\n")

    result = run("validate", str(elsewhere))

    assert result.exit_code != 0
    assert "no problem" not in result.stdout
    assert "US-XX.yaml" in result.stderr


# --- status. ------------------------------------------------------------------------------------

ANSWERS = [
    (("33.52,-86.81",), ["PROHIBITED", "governed by US-AL", "US-AL-jefferson-county"]),
    (("41.82, -71.41", "--on", "2026-05-01"), ["REGULATED, from 21 years", "on 2026-05-01"]),
    (("TH", "--on", "2015-06-01"), ["PROHIBITED", "TH"]),
    (("US-RI", "--substance", "7-oh"), ["7-OH at US-RI", "PROHIBITED"]),
    (("0,-30",), ["outside every jurisdiction"]),
    (("33.4957,-88.4273",), ["US-MS-columbus", "possible", "stricter rule may hold"]),
    (("35203",), ["ZIP 35203", "PROHIBITED", "governed by US-AL"]),
    (("35203-1234",), ["PROHIBITED"]),
    (("42223",), ["not certain which of these", "US-TN", "US-KY"]),
    (("Bangkok", "--on", "2015-06-01"), ["PROHIBITED", "TH"]),
    (("Columbus, MS",), ["US-MS-columbus"]),
    (("Nashvile, TN",), ["was taken for Nashville"]),
]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("arguments", "told"), ANSWERS, ids=str)
def test_a_spot_or_a_jurisdiction_is_answered(
    run: Run, arguments: tuple[str, ...], told: list[str]
) -> None:
    result = run("status", *arguments)

    assert result.exit_code == 0, result.output
    for text in told:
        assert text in result.stdout
    assert "no advice" in result.stdout


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("point", ["-31.95,115.86", "-33.86, 151.21"])
def test_a_spot_in_the_southern_half_of_the_world_is_no_option(run: Run, point: str) -> None:
    result = run("status", point)

    assert result.exit_code == 0, result.output
    assert "AU" in result.stdout


UNUSABLE = [
    (("91,0",), "lat"),
    (("0,181",), "lon"),
    (("1_0,2",), "lat"),
    (("NaN,2",), "lat"),
    (("9999",), "zip"),
    (("123456",), "zip"),
    (("A" * 10_000,), "place"),
    (("TH", "--on", "2026-02-30"), "--on"),
    (("TH", "--on", "9999-01-01"), "--on"),
    (("TH", "--substance", "tea"), "substance"),
]


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize(("arguments", "named"), UNUSABLE, ids=str)
def test_a_question_that_cannot_be_used_is_wrong_use(
    run: Run, arguments: tuple[str, ...], named: str
) -> None:
    assert_explained(run("status", *arguments), 2, named)


@pytest.mark.usefixtures("loaded")
@pytest.mark.parametrize("name", ["XX", "", "-", "Qwertzuiopasdf", "Нигде-нибудь-там"])
def test_a_place_that_is_not_known_is_told(run: Run, name: str) -> None:
    assert_explained(run("status", "--", name), 1, "no place of that name is known")


@pytest.mark.usefixtures("loaded")
def test_a_name_that_fits_several_places_lists_them(run: Run) -> None:
    result = run("status", "Springfield")

    assert_explained(result, 1, "fits", "Springfield, Illinois, United States", "Missouri")


@pytest.mark.usefixtures("loaded")
def test_a_zip_code_that_is_not_known_is_told(run: Run) -> None:
    assert_explained(run("status", "00000"), 1, "no ZIP code 00000 is known")


def test_status_before_init_says_what_to_do(run: Run) -> None:
    assert_explained(run("status", "TH"), 1, "regmap init")


# --- verify. ------------------------------------------------------------------------------------


def test_a_whole_edit_log_is_verified(run: Run, loaded: Path) -> None:
    result = run("verify")

    assert result.exit_code == 0
    assert "revisions, each sealed by the next" in result.stdout


TAMPERED = {
    "a text changed": "UPDATE revisions SET reason = 'x' WHERE revision = 5",
    "an author changed": "UPDATE revisions SET author = 'x' WHERE revision = 5",
    "a time changed": (
        "UPDATE revisions SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE revision = 5"
    ),
    "a document changed": "UPDATE revisions SET document = '{}' WHERE revision = 5",
    "a document removed": "UPDATE revisions SET document = NULL WHERE revision = 5",
    "a revision deleted": "DELETE FROM revisions WHERE revision = 5",
    "the first deleted": "DELETE FROM revisions WHERE revision = 1",
    "a hash changed": "UPDATE revisions SET hash = 'x' WHERE revision = 5",
}


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED)
def test_a_tampered_edit_log_is_found_out(run: Run, loaded: Path, statement: str) -> None:
    connection = sqlite3.connect(loaded)
    connection.execute(statement)
    connection.commit()
    connection.close()

    assert_explained(run("verify"), 1, "revision")


# --- codebook and settings. ---------------------------------------------------------------------


def test_the_codebook_is_up_to_date(run: Run) -> None:
    assert run("codebook", "--check").exit_code == 0


def test_the_codebook_is_written_and_checked(run: Run, data_dir: Path) -> None:
    assert_explained(run("codebook", "--check"), 1, "CODEBOOK.md", "regmap codebook")

    assert run("codebook").exit_code == 0

    assert run("codebook", "--check").exit_code == 0
    assert (data_dir / "CODEBOOK.md").read_text() == (DATA / "CODEBOOK.md").read_text()


def test_every_setting_is_listed_with_its_value_and_meaning(
    run: Run, settings: dict[str, str]
) -> None:
    told = run("settings").stdout

    for name, value in settings.items():
        assert f"{name}={value}\n" in told
    for name in ("REGMAP_HOST", "REGMAP_PORT", "REGMAP_WORKERS", "REGMAP_STATIC_DIR"):
        assert f"{name}=" in told


def test_a_setting_that_cannot_be_used_is_named(run: Run, settings: dict[str, str]) -> None:
    settings["REGMAP_PORT"] = "eighty"

    assert_explained(run("settings"), 1, "REGMAP_PORT", "eighty")
