"""What is wrong with a package is found, whatever it is; a sound one has no problem."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from regmap.services.publishing.checking import check_package
from tests.services.publishing.releasing import Publisher, make_small


@pytest.fixture(scope="module")
def sound(full: Publisher) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        make_small(monkeypatch)
        yield full.release().package.folder


@pytest.fixture
def folder(sound: Path, tmp_path: Path) -> Path:
    """A copy, to be damaged."""
    return Path(shutil.copytree(sound, tmp_path / sound.name))


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_bytes().decode()
    assert old in text
    file.write_bytes(text.replace(old, new, 1).encode())


def described(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the description of a package."""
    file = folder / "datapackage.json"
    told = json.loads(file.read_text("utf-8"))
    change(told)
    file.write_text(json.dumps(told), "utf-8")


def resource(told: Mapping[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in told["resources"] if one["path"] == path)
    return found


def vouched(folder: Path) -> None:
    """Make checksums and description fit the files, as somebody would who hides what he did."""

    def change(told: dict[str, Any]) -> None:
        for one in told["resources"]:
            content = (folder / one["path"]).read_bytes()
            one["bytes"] = len(content)
            one["hash"] = f"sha256:{hashlib.sha256(content).hexdigest()}"

    described(folder, change)
    files = sorted(file for file in folder.iterdir() if file.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.name}\n" for one in files]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def test_a_sound_package_has_no_problem(sound: Path) -> None:
    found = check_package(sound)

    assert found.problems == ()
    assert f"regmap-data-{found.version}" == sound.name
    assert found.version == f"{found.revision}-{found.sealed[:12]}"
    assert found.files == len(list(sound.iterdir()))


def test_a_sound_package_stays_so_when_it_is_moved(folder: Path) -> None:
    assert check_package(folder).problems == ()
    vouched(folder)
    assert check_package(folder).problems == ()


def test_nothing_but_a_folder_is_told_to_be_no_package(tmp_path: Path) -> None:
    problems = check_package(tmp_path).problems

    assert any(one.startswith("SHA256SUMS: cannot be read: No such file") for one in problems)
    assert any(one.startswith("datapackage.json: cannot be read") for one in problems)
    assert any(one.startswith("revisions.jsonl: line 1 cannot be read") for one in problems)


_DAMAGES: Mapping[str, tuple[Callable[[Path], object], str]] = {
    "a byte": (
        lambda f: edit(f / "README.md", "kratom", "Kratom"),
        "README.md: is not what SHA256SUMS says",
    ),
    "a file is gone": (
        lambda f: (f / "periods.csv").unlink(),
        "periods.csv: cannot be read: No such file or directory",
    ),
    "a file too many": (
        lambda f: (f / "notes.txt").write_text("x"),
        "notes.txt: stands not in SHA256SUMS",
    ),
    "a file cut short": (
        lambda f: (f / "records.csv").write_bytes((f / "records.csv").read_bytes()[:9_000]),
        "records.csv: has 9,000 bytes, datapackage.json says",
    ),
    "a checksum that is none": (
        lambda f: edit(f / "SHA256SUMS", "  README", " README"),
        "is no checksum of a file in the folder",
    ),
    "a checksum of a file elsewhere": (
        lambda f: edit(f / "SHA256SUMS", "  README.md", "  ../README.md"),
        "is no checksum of a file in the folder",
    ),
    "a description that is no JSON": (
        lambda f: (f / "datapackage.json").write_text("{"),
        "datapackage.json: cannot be read",
    ),
    "a description of nothing": (
        lambda f: (f / "datapackage.json").write_text("[]"),
        "datapackage.json: is no description of a package",
    ),
    "a description without a licence": (
        lambda f: described(f, lambda told: told.pop("licenses")),
        "datapackage.json: has no licenses",
    ),
    "a file that is not described": (
        lambda f: described(f, lambda told: told["resources"].pop(0)),
        "datapackage.json: describes statuses.csv 0 times",
    ),
    "resources that are none": (
        lambda f: described(f, lambda told: told.update(resources={"a": 1})),
        "datapackage.json: resources is no list",
    ),
    "a path out of the folder": (
        lambda f: described(
            f, lambda told: resource(told, "records.csv").update(path="../records.csv")
        ),
        "../records.csv: lies outside the folder",
    ),
}


@pytest.mark.parametrize("name", _DAMAGES)
def test_damage_is_found(folder: Path, name: str) -> None:
    damage, told = _DAMAGES[name]
    damage(folder)

    assert any(told in one for one in check_package(folder).problems)


def _wrong_rows(path: str, name: str) -> Callable[[Path], object]:
    return lambda f: described(f, lambda told: resource(told, path).update({name: 7}))


def _drop_last_line(file: Path) -> None:
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))


def _twice(file: Path) -> None:
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([*lines[:-1], lines[-2]]))


_HIDDEN: Mapping[str, tuple[Callable[[Path], object], str]] = {
    "a wrong number of rows": (
        _wrong_rows("statuses.csv", "rows"),
        "statuses.csv: holds 964 rows, datapackage.json says 7",
    ),
    "a wrong number of lines": (
        _wrong_rows("records.jsonl", "items"),
        "records.jsonl: holds 335 rows, datapackage.json says 7",
    ),
    "a row taken out": (
        lambda f: _drop_last_line(f / "statuses.csv"),
        "statuses.csv: holds 963 rows, datapackage.json says 964",
    ),
    "a row twice": (lambda f: _twice(f / "statuses.csv"), "is there already"),
    "a period twice": (lambda f: _twice(f / "periods.csv"), "is there already"),
    "another header": (
        lambda f: edit(f / "records.csv", "jurisdiction,name", "id,name"),
        "records.csv: its header is not the one that datapackage.json says",
    ),
    "a code that is none": (
        lambda f: edit(f / "statuses.csv", ",country,", ",planet,"),
        "statuses.csv: row 1: level may not be 'planet'",
    ),
    "a date that is none": (
        lambda f: edit(f / "changes.csv", ",1979,1979-01-01,", ",79,1979-01-01,"),
        "effective may not be '79'",
    ),
    "an empty cell that must be filled": (
        lambda f: edit(f / "statuses.csv", "Andorra", ""),
        "statuses.csv: row 1: name is empty",
    ),
    "a cell too many": (
        lambda f: edit(f / "records.csv", "\r\nAD,", "\r\nAD,AD,"),
        "records.csv: row 1: has ",
    ),
    "a row of another version": (
        lambda f: edit(f / "statuses-by-month.csv", ",643-", ",642-"),
        "statuses-by-month.csv: row 1: is of data version '642-",
    ),
    "a line that is no JSON": (
        lambda f: edit(f / "records.jsonl", "{", "["),
        "records.jsonl: cannot be checked: ",
    ),
    "an edit altered": (
        lambda f: edit(f / "revisions.jsonl", '"First load"', '"Last load"'),
        "revisions.jsonl: line 1: revision 1 was altered after it was recorded",
    ),
    "an edit taken out at the end": (
        lambda f: _drop_last_line(f / "revisions.jsonl"),
        "revisions.jsonl: ends with revision 642, datapackage.json says 643",
    ),
    "an edit taken out in between": (
        lambda f: edit(f / "revisions.jsonl", _line(f, 9), ""),
        "revisions.jsonl: line 10: revision 10 is missing",
    ),
    "an edit without its reason": (
        lambda f: edit(f / "revisions.jsonl", '"reason":"First load",', ""),
        "revisions.jsonl: line 1: revision 1 does not have the fields of a revision",
    ),
    "an edit that is no JSON": (
        lambda f: edit(f / "revisions.jsonl", "{", "["),
        "revisions.jsonl: line 1 cannot be read",
    ),
    "an edit that is no object": (
        lambda f: edit(f / "revisions.jsonl", _line(f, 0), "7\n"),
        "revisions.jsonl: line 1: revision 1 does not have the fields of a revision",
    ),
    "another version": (
        lambda f: described(f, lambda told: told.update(version="643-000000000000")),
        "revisions.jsonl: is of data version 643-",
    ),
}


def _line(folder: Path, place: int) -> str:
    return (folder / "revisions.jsonl").read_bytes().splitlines(keepends=True)[place].decode()


@pytest.mark.parametrize("name", _HIDDEN)
def test_damage_is_found_though_the_checksums_were_made_to_fit(folder: Path, name: str) -> None:
    damage, told = _HIDDEN[name]
    damage(folder)
    vouched(folder)

    assert any(told in one for one in check_package(folder).problems)


def test_few_problems_of_a_table_are_told(folder: Path) -> None:
    file = folder / "statuses.csv"
    file.write_bytes(file.read_bytes().replace(b",country,", b",planet,"))
    vouched(folder)

    assert len([one for one in check_package(folder).problems if "planet" in one]) == 20


# --- The formats that carry shapes. ---------------------------------------------------------------


@pytest.fixture
def shaped(folder: Path) -> Path:
    """A package with a GeoJSON and a GeoPackage of three features each."""
    (folder / "a.geojson").write_text('{"type": "FeatureCollection", "features": [1, 2, 3]}')
    connection = sqlite3.connect(folder / "a.gpkg")
    with connection:
        connection.execute("CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT)")
        connection.execute("INSERT INTO gpkg_contents VALUES ('sta\"tuses', 'features')")
        connection.execute('CREATE TABLE "sta""tuses" AS VALUES (1), (2), (3)')
    connection.close()
    described(
        folder,
        lambda told: told["resources"].extend(
            {"path": path, "items": 3} for path in ("a.geojson", "a.gpkg")
        ),
    )
    vouched(folder)
    return folder


def test_features_are_counted(shaped: Path) -> None:
    assert check_package(shaped).problems == ()


@pytest.mark.parametrize("path", ["a.geojson", "a.gpkg"])
def test_a_wrong_number_of_features_is_found(shaped: Path, path: str) -> None:
    _wrong_rows(path, "items")(shaped)
    vouched(shaped)

    problems = check_package(shaped).problems

    assert f"{path}: holds 3 rows, datapackage.json says 7" in problems


@pytest.mark.parametrize("path", ["a.geojson", "a.gpkg"])
def test_a_file_that_is_none_of_its_format_is_found(shaped: Path, path: str) -> None:
    (shaped / path).write_text("nothing of the kind")
    vouched(shaped)

    assert any(
        one.startswith(f"{path}: cannot be checked") for one in check_package(shaped).problems
    )
