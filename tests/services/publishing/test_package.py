"""A whole release, read by strangers: Frictionless, sha256sum, YAML, JSON, and its own README."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import frictionless
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from regmap.services.exports.columns import COLUMNS, Table
from regmap.services.publishing import panel
from tests.served import json_of, shared_app
from tests.services.publishing.releasing import DAY, Publisher, read_table

TABLES = {table.value for table in Table}


@pytest.fixture(scope="module")
def package(full: Publisher) -> Path:
    return full.release().package.folder


@pytest.fixture(scope="module")
def described(package: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((package / "datapackage.json").read_text("utf-8"))
    return told


@pytest.fixture(scope="module")
def catalogued(package: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((package / "dcat.jsonld").read_text("utf-8"))
    return told


@pytest.fixture(scope="module")
def months(package: Path) -> dict[tuple[str, str, str], dict[str, str]]:
    return {
        (row["jurisdiction"], row["substance"], row["on"]): row
        for row in read_table(package / "statuses-by-month.csv")
    }


@pytest.fixture(scope="module")
def turning(package: Path) -> list[tuple[str, str, str]]:
    """The first months after a change of law: where a panel may be a month off."""
    found = []
    for row in read_table(package / "changes.csv"):
        if row["type"] == "law_changed" and "2012-01-01" < row["effective_day"] < "2026-11-01":
            day = date.fromisoformat(row["effective_day"])
            later = date(day.year + day.month // 12, day.month % 12 + 1, 1)
            first = later if day.day > 1 else day
            found.append((row["jurisdiction"], row["substance"], first.isoformat()))
    return sorted(found)


def resources(described: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["path"]: one for one in described["resources"]}


# --- Frictionless. --------------------------------------------------------------------------------


def test_frictionless_finds_every_file_as_described(package: Path) -> None:
    report = frictionless.validate(str(package / "datapackage.json"))

    assert report.valid, report.flatten(["name", "type", "note"])
    tables = {task.name for task in report.tasks if task.type == "table"}
    assert tables == {f"{name}-csv" for name in (*TABLES, "statuses-by-month")}
    assert all(task.stats["rows"] > 100 for task in report.tasks if task.type == "table")


def test_frictionless_would_find_a_code_that_is_none(package: Path, tmp_path: Path) -> None:
    text = (package / "records.csv").read_text("utf-8")
    (tmp_path / "records.csv").write_text(text.replace(",country,", ",planet,", 1), "utf-8")
    told = json.loads((package / "datapackage.json").read_text("utf-8"))
    told["resources"] = [one for one in told["resources"] if one["path"] == "records.csv"]
    del told["resources"][0]["schema"]["foreignKeys"]
    (tmp_path / "datapackage.json").write_text(json.dumps(told), "utf-8")

    kinds = frictionless.validate(str(tmp_path / "datapackage.json")).flatten(["type"])

    assert ["constraint-error"] in kinds


def test_every_file_is_described_once(package: Path, described: Mapping[str, Any]) -> None:
    paths = [one["path"] for one in described["resources"]]

    there = {file.name for file in package.iterdir()}
    assert sorted(paths) == sorted(there - {"datapackage.json", "SHA256SUMS"})
    assert len({one["name"] for one in described["resources"]}) == len(paths)
    for one in described["resources"]:
        assert all(one[name] for name in ("title", "description", "mediatype"))


@pytest.mark.parametrize("table", Table)
def test_the_schema_of_a_table_has_its_columns_with_their_meaning(
    table: Table, described: Mapping[str, Any]
) -> None:
    fields = resources(described)[f"{table}.csv"]["schema"]["fields"]

    assert [(one["name"], one["description"]) for one in fields] == [
        (column.name, column.meaning) for column in COLUMNS[table]
    ]
    codes = {one["name"]: one.get("constraints", {}).get("enum") for one in fields}
    assert all(
        codes[column.name] == list(column.codes) for column in COLUMNS[table] if column.codes
    )


def test_keys_point_at_rows_that_are_there(package: Path, described: Mapping[str, Any]) -> None:
    keyed = {
        path: [key["reference"]["resource"] for key in one["schema"]["foreignKeys"]]
        for path, one in resources(described).items()
        if "foreignKeys" in one.get("schema", {})
    }
    assert keyed == {
        "periods.csv": ["records-csv"],
        "records.csv": ["statuses-csv"],
        "statuses-by-month.csv": ["statuses-csv"],
    }


def test_it_says_what_it_is_of(described: Mapping[str, Any], full: Publisher) -> None:
    newest = full.services.versions.newest()
    assert newest is not None
    assert described["version"] == newest.data_version
    assert described["created"] == f"{newest.recorded_at:%Y-%m-%dT%H:%M:%S}Z"
    assert described["licenses"][0]["name"] == "CC-BY-4.0"
    state = described["regmap"]
    assert (state["on"], state["release"]) == ("2026-11-23", "data-2026-11-23")
    assert (state["revision"], state["previous"]) == (newest.revision, None)


# --- What other tools read. -----------------------------------------------------------------------


def test_sha256sum_agrees(package: Path) -> None:
    ran = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=package,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    checked = {line.partition(":")[0] for line in ran.stdout.splitlines()}
    assert checked == {file.name for file in package.iterdir()} - {"SHA256SUMS"}


def test_the_script_of_the_readme_follows_the_chain_of_edits(
    package: Path, described: Mapping[str, Any]
) -> None:
    ran = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-c", script_of(package)],
        cwd=package,
        capture_output=True,
        text=True,
        check=True,
    )

    state = described["regmap"]
    assert ran.stdout.split() == [str(state["revision"]), state["hash"]]
    assert described["version"] == f"{state['revision']}-{state['hash'][:12]}"


def test_the_script_of_the_readme_finds_an_edit_that_was_altered(
    package: Path, tmp_path: Path
) -> None:
    lines = (package / "revisions.jsonl").read_text("utf-8").splitlines()
    lines[99] = json.dumps({**json.loads(lines[99]), "reason": "Because."})
    (tmp_path / "revisions.jsonl").write_text("\n".join(lines), "utf-8")

    ran = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-c", script_of(package)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert "AssertionError: 100" in ran.stderr


def script_of(package: Path) -> str:
    told = (package / "README.md").read_text("utf-8")
    lines = told[told.index("    import hashlib") :].splitlines()
    return "\n".join(line[4:] for line in lines[: lines.index("")])


def test_the_citation_file_has_what_its_format_wants(
    package: Path, described: Mapping[str, Any]
) -> None:
    told = yaml.safe_load((package / "CITATION.cff").read_text("utf-8"))

    assert told["cff-version"] == "1.2.0"
    assert told["type"] == "dataset"
    assert all(told[name] for name in ("message", "title", "abstract"))
    assert told["authors"] == [{"name": "regmap contributors"}]
    assert told["version"] == described["version"]
    assert told["date-released"] == date.fromisoformat(described["created"][:10])
    assert told["license"] == "CC-BY-4.0"


def test_the_catalogue_entry_has_the_terms_of_dcat(catalogued: Mapping[str, Any]) -> None:
    assert catalogued["@type"] == "dcat:Dataset"
    for term in (
        "title", "description", "identifier", "license", "publisher", "issued", "spatial",
        "temporal", "language",
    ):  # fmt: skip
        assert catalogued[f"dcterms:{term}"], term
    assert catalogued["dcat:version"] == catalogued["dcterms:identifier"]
    assert catalogued["dcat:keyword"]
    assert "dcat:previousVersion" not in catalogued
    assert catalogued["dcterms:temporal"]["dcat:endDate"]["@value"] == "2026-11-23"


def test_every_term_of_the_catalogue_entry_has_a_known_prefix(package: Path) -> None:
    seen: list[tuple[str, Any]] = []

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        seen.extend(pairs)
        return dict(pairs)

    told = json.loads((package / "dcat.jsonld").read_text("utf-8"), object_pairs_hook=noted)

    terms = [key for key, _ in seen if ":" in key] + [kind for key, kind in seen if key == "@type"]
    assert {term.partition(":")[0] for term in terms} == set(told["@context"])


def test_the_catalogue_entry_lists_each_table_with_its_checksum(
    catalogued: Mapping[str, Any], described: Mapping[str, Any]
) -> None:
    for one in catalogued["dcat:distribution"]:
        resource = resources(described)[one["dcat:downloadURL"]["@id"]]
        checksum = one["spdx:checksum"]["spdx:checksumValue"]["@value"]
        assert resource["hash"] == f"sha256:{checksum}"
        assert one["dcat:byteSize"]["@value"] == str(resource["bytes"])
    listed = {one["@id"] for one in catalogued["dcat:distribution"]}
    assert {"statuses.csv", "statuses.gpkg", "revisions.jsonl"} <= listed


def test_the_readme_tells_the_doubts_in_numbers(package: Path) -> None:
    rows = read_table(package / "statuses.csv")
    told = (package / "README.md").read_text("utf-8")

    unknown = sum(row["status"] == "unknown" for row in rows)
    doubted = sum(row["doubts"] != "0" for row in rows)
    assert f"- {unknown:,} are `unknown`: never to be read as lawful;" in told
    assert f"- {doubted:,} have at least one reason to doubt them" in told


def test_the_changelog_of_the_first_release_counts_what_there_is(package: Path) -> None:
    told = (package / "CHANGELOG.md").read_text("utf-8")

    assert "First release" in told
    assert "- `records.csv`: 335 rows" in told
    assert "Law changed" not in told


# --- The panel. -----------------------------------------------------------------------------------


def test_the_panel_has_every_month_of_every_row_of_statuses(
    package: Path, months: Mapping[tuple[str, str, str], Mapping[str, str]]
) -> None:
    rows = read_table(package / "statuses.csv")
    days = [day.isoformat() for day in panel.months_to(DAY)]

    assert (days[0], days[-1], len(days)) == ("2012-01-01", "2026-11-01", 179)
    assert set(months) == {
        (row["jurisdiction"], row["substance"], day) for row in rows for day in days
    }


@given(data=st.data())
def test_the_panel_says_what_the_api_says(
    data: st.DataObject,
    turning: list[tuple[str, str, str]],
    months: Mapping[tuple[str, str, str], Mapping[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    key = data.draw(st.sampled_from(turning) | st.sampled_from(list(months)))
    asked = dict(zip(("jurisdiction", "substance", "on"), key, strict=True))

    client = shared_app(tmp_path_factory).test_client()
    answer = json_of(client.get("/api/v1/status", query_string=asked))

    row, effective = months[key], answer["effective"]
    assert row["status"] == effective["status"]
    assert row["min_age"] == ("" if effective["min_age"] is None else str(effective["min_age"]))
    assert row["governed_by"] == (effective["governed_by"] or "")


# --- Made again. ----------------------------------------------------------------------------------


def test_the_same_version_on_the_same_day_gives_the_same_bytes(
    full: Publisher, package: Path, tmp_path: Path
) -> None:
    again = full.release(to=tmp_path).package.folder

    packed = (".gpkg", ".parquet")
    telling = {"datapackage.json", "dcat.jsonld", "SHA256SUMS"}  # of the packed ones too
    for file in package.iterdir():
        if file.suffix not in packed and file.name not in telling:
            assert (again / file.name).read_bytes() == file.read_bytes(), file.name
    old, new = (
        [
            {**one, "bytes": 0, "hash": ""} if one["path"].endswith(packed) else one
            for one in json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]
            if one["path"] not in telling
        ]
        for folder in (package, again)
    )
    assert old == new
