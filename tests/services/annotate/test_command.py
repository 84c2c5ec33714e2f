"""``regmap annotate`` itself: what it says, and its exit status."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from regmap.cli.annotate import annotate
from regmap.settings import Settings
from tests.services.annotate.conftest import rows_of, written
from tests.services.annotate.processes import environment

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(annotate, arguments, env=environment(settings))
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    return invoke


def test_good_rows_are_exit_status_0_and_a_rate_is_told(run: Run) -> None:
    written(Path("in.csv"), "name,lat,lon\nA,36.16,-86.78\nB,40.8,-73.2\n")

    result = run("in.csv", "out.csv", "--on", "2026-01-01")

    assert (result.exit_code, result.stderr) == (0, "")
    assert re.fullmatch(
        r"out\.csv: 2 rows in [0-9.]+ s, [0-9,]+ rows/s; data version \S+\n", result.stdout
    )
    assert rows_of(Path("out.csv"))[0]["governed_by"] == "US-TN"


def test_bad_rows_are_kept_counted_by_kind_and_exit_status_1(run: Run) -> None:
    written(Path("in.csv"), "lat,lon,zip\n36,-86,\nx,1,\n,,00000\n91,0,\n95,0,\n,,\n")

    result = run("in.csv", "out.csv")

    assert result.exit_code == 1
    assert result.stdout.startswith("out.csv: 6 rows")
    assert result.stderr == (
        "regmap: 5 bad rows, kept; the column error says why:"
        " 2 out of range, 1 no location, 1 not a number, 1 unknown ZIP code\n"
    )
    assert len(rows_of(Path("out.csv"))) == 6


def test_a_substance_a_day_and_a_prefix_are_taken(run: Run) -> None:
    written(Path("in.csv"), "where,status\nUS-TN,open\n")
    options = ("--jurisdiction", "where", "--substance", "7-oh", "--prefix", "law_")

    assert run("in.csv", "out.csv", "--on", "2026-01-01", *options).exit_code == 0

    (row,) = rows_of(Path("out.csv"))
    assert (row["status"], row["law_jurisdictions"]) == ("open", "US;US-TN")


def test_the_format_can_be_said_where_endings_do_not_tell(run: Run) -> None:
    written(Path("in.data"), "zip\n37203\n")

    refused = run("in.data", "out.data")
    assert refused.exit_code == 2
    assert "IN: The ending of in.data tells no format; say it with --format." in refused.stderr
    assert run("in.data", "out.data", "--format", "csv").exit_code == 0


def good_files() -> None:
    written(Path("in.csv"), "zip\n37203\n")
    written(Path("there.csv"), "the earlier one")
    Path("link.csv").symlink_to("in.csv")
    Path("folder.csv").mkdir()
    pq.write_table(pa.table({"zip": ["37203"]}), "in.parquet")


WRONG_USE = [
    (("in.csv", "there.csv"), "OUT: there.csv is there already; --overwrite replaces it."),
    (("in.csv", "in.csv", "--overwrite"), "is the input itself"),
    (("in.csv", "link.csv", "--overwrite"), "is the input itself"),
    (("in.csv", "./in.csv", "--overwrite"), "is the input itself"),
    (("in.csv", "folder.csv", "--overwrite"), "OUT: folder.csv is a folder."),
    (("in.csv", "none/out.csv"), "OUT: The folder none does not exist."),
    (("none.csv", "out.csv"), "IN: none.csv does not exist."),
    (("folder.csv", "out.csv"), "IN: folder.csv is not a file."),
    (("in.csv", "out.parquet"), "OUT: IN is csv and OUT parquet; the format is kept."),
    (("in.csv", "out.csv.gz"), "OUT: out.csv.gz is to be gzipped"),
    (("in.csv", "out.csv", "--lat", "zip"), "--lon: Is missing"),
    (("in.csv", "out.csv", "--zip", "plz"), "--zip: No column is named 'plz'; there are 'zip'."),
    (("in.csv", "out.csv", "--on", "soon"), "--on: 'soon' is not a day"),
    (("in.csv", "out.csv", "--substance", "tea"), "substance: 'tea' is none of kratom, 7-oh"),
    (("in.csv", "out.csv", "--chunk-rows", "0"), "Usage:"),
    (("in.csv",), "Usage:"),
    (("in.parquet", "out.parquet", "--encoding", "latin-1"), "--encoding: Is for CSV files."),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG_USE, ids=str)
def test_wrong_use_is_exit_status_2_and_changes_nothing(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    good_files()
    before = {file: file.read_bytes() for file in Path().iterdir() if file.is_file()}

    result = run(*arguments)

    assert result.exit_code == 2
    assert said in result.stderr
    assert {file: file.read_bytes() for file in Path().iterdir() if file.is_file()} == before


def test_overwrite_replaces_an_output(run: Run) -> None:
    good_files()

    assert run("in.csv", "there.csv", "--overwrite").exit_code == 0

    assert rows_of(Path("there.csv"))[0]["governed_by"] == "US-TN"


def test_damaged_input_is_exit_status_1_and_leaves_the_output_that_was_there(run: Run) -> None:
    written(Path("in.parquet"), b"PAR1 and no more")
    written(Path("out.parquet"), "the earlier one")

    result = run("in.parquet", "out.parquet", "--overwrite")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("regmap: in.parquet: is not a whole Parquet file")
    assert Path("out.parquet").read_text() == "the earlier one"


def test_a_run_that_is_interrupted_says_how_to_go_on(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(Path("in.csv"), "zip\n" + "37203\n" * 10)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("regmap.services.annotate.csv_files.CsvTable.write", interrupted)
        result = run("in.csv", "out.csv")

    assert (result.exit_code, result.stderr) == (
        130,
        "regmap: stopped; --resume goes on from here\n",
    )
    assert run("in.csv", "out.csv", "--resume").exit_code == 0
