"""``regmap release`` and ``regmap datapackage``, as a person runs them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import frictionless
import pytest
import yaml

from regmap import __version__
from regmap.settings import ROOT
from tests.cli.conftest import Run, assert_explained
from tests.services.publishing.releasing import make_small

pytestmark = pytest.mark.usefixtures("loaded")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    make_small(monkeypatch)


def released(folder: Path) -> list[Path]:
    return sorted(folder.glob("regmap-data-*"))


# --- Releasing. -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
def test_a_release_is_made_and_summed_up(run: Run, tmp_path: Path) -> None:
    result = run("release", "--to", str(tmp_path / "out"), "--name", "spring", "--on", "2026-03-01")

    assert result.exit_code == 0, result.stderr
    (folder,) = released(tmp_path / "out")
    assert str(folder) in result.stdout
    assert "statuses of 2026-03-01" in result.stdout
    assert "The first release" in result.stdout
    told = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert (told["regmap"]["release"], told["regmap"]["on"]) == ("spring", "2026-03-01")


@pytest.mark.usefixtures("small")
def test_a_second_run_leaves_it_and_says_so(run: Run, tmp_path: Path) -> None:
    run("release", "--to", str(tmp_path / "out"))

    result = run("release", "--to", str(tmp_path / "out"))

    assert result.exit_code == 0
    assert "was there already, and is as it was" in result.stdout


@pytest.mark.usefixtures("small")
def test_evidence_is_aged_by_the_day_of_the_release_so_that_it_can_be_made_again_later(
    run: Run, tmp_path: Path
) -> None:
    ages = {}
    for day in ("2026-03-01", "2046-03-01"):
        run("release", "--to", str(tmp_path / day), "--on", day)
        (folder,) = released(tmp_path / day)
        statuses = (folder / "statuses.csv").read_text("utf-8")
        ages[day] = statuses.count("the law may have changed since")

    assert 0 < ages["2026-03-01"] < ages["2046-03-01"]


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("--on", "2026-02-30"), 2, "--on"),
        (("--on", "soon"), 2, "'soon' is not a day"),
        (("--since", "soon"), 2, "since"),
        (("--since", "999999"), 1, "no data version has the name '999999'"),
        (("--check", "."), 2, "Goes with no other option"),
    ],
)
def test_bad_wishes_are_explained(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], status: int, told: str
) -> None:
    out = tmp_path / "out"

    assert_explained(run("release", "--to", str(out), *arguments), status, told)
    assert not out.exists()


def test_a_place_that_is_no_folder_is_explained(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")

    result = run("release", "--to", str(tmp_path / "out"))

    assert result.exit_code == 2
    assert "is a file" in result.stderr


@pytest.mark.usefixtures("small")
def test_a_place_below_a_file_is_explained(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")

    result = run("release", "--to", str(tmp_path / "file" / "out"))

    assert_explained(result, 1, "Not a directory", "nothing was released")


# --- Checking. ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
def test_a_sound_package_is_told_with_its_last_hash(run: Run, tmp_path: Path) -> None:
    run("release", "--to", str(tmp_path))
    (folder,) = released(tmp_path)

    result = run("release", "--check", str(folder))

    assert result.exit_code == 0
    told = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert told["version"] in result.stdout
    assert told["regmap"]["hash"] in result.stdout


@pytest.mark.usefixtures("small")
def test_every_problem_of_a_package_is_told(run: Run, tmp_path: Path) -> None:
    run("release", "--to", str(tmp_path))
    (folder,) = released(tmp_path)
    (folder / "periods.csv").unlink()
    (folder / "LICENSE.txt").write_text("All rights reserved.")

    result = run("release", "--check", str(folder))

    assert_explained(result, 1, "periods.csv: cannot be read", "LICENSE.txt: is not what")


def test_a_folder_that_is_not_there_is_wrong_use(run: Run, tmp_path: Path) -> None:
    assert run("release", "--check", str(tmp_path / "nothing")).exit_code == 2


# --- A process that is killed. --------------------------------------------------------------------


@pytest.mark.parametrize("begun", ["statuses.csv", "statuses.parquet", "statuses-by-month.csv"])
def test_a_killed_process_leaves_no_release_and_the_next_run_cleans_up(
    run: Run,
    settings: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    begun: str,
) -> None:
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-c", "from regmap.cli import main; main()", "release", "--to", out],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while not list(out.glob(f".*/*/{begun}")) and process.poll() is None:
            time.sleep(0.01)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    assert process.returncode == -signal.SIGKILL
    assert list(out.iterdir()), "it had begun"
    assert released(out) == []

    make_small(monkeypatch)
    assert run("release", "--to", str(out)).exit_code == 0
    assert list(out.iterdir()) == released(out)


# --- The description of the record files. ---------------------------------------------------------


def test_the_description_of_the_records_is_up_to_date(run: Run) -> None:
    assert run("datapackage", "--check").exit_code == 0


def test_the_description_of_the_records_is_written_and_checked(run: Run, data_dir: Path) -> None:
    assert_explained(run("datapackage", "--check"), 1, "datapackage.json", "regmap datapackage")

    assert run("datapackage").exit_code == 0
    assert run("datapackage", "--check").exit_code == 0

    (data_dir / "records" / "TH.yaml").rename(data_dir / "records" / "LA.yaml")
    assert_explained(run("datapackage", "--check"), 1, "regmap datapackage")


def test_frictionless_finds_every_record_file(run: Run, data_dir: Path) -> None:
    shutil.copy(ROOT / "data" / "CODEBOOK.md", data_dir)
    run("datapackage")

    report = frictionless.validate(str(data_dir / "datapackage.json"))

    assert report.valid, report.flatten(["name", "note"])
    told = json.loads((data_dir / "datapackage.json").read_text("utf-8"))
    assert told["resources"][-1]["path"] == [
        "records/TH.yaml",
        "records/US.yaml",
        "records/US/US-RI.yaml",
    ]


def test_the_software_can_be_cited() -> None:
    told = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))

    assert told["cff-version"] == "1.2.0"
    assert told["type"] == "software"
    assert told["version"] == __version__
    assert all(told[name] for name in ("message", "title", "authors", "date-released", "license"))
    assert [one["license"] for one in told["references"]] == ["CC-BY-4.0"]
