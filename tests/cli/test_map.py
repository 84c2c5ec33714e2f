"""``regmap map``: one file with everything in it, or a clear word why not."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, assert_explained
from tests.web.conftest import Page

BLOCK = re.compile(r'<script type="application/json" data-source="([\w:-]+)">(.*?)</script>', re.S)
SCRIPT = re.compile(r"<script>(.*?)</script>", re.S)


def blocks_of(file: Path) -> dict[str, Any]:
    """The data in a file, by name."""
    return {name: json.loads(text) for name, text in BLOCK.findall(file.read_text())}


def test_the_file_holds_everything_itself(run: Run, loaded: Path, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    result = run("map", "-o", str(file), "--on", "2019-03-01")
    text = file.read_text()
    page = Page(text)

    assert result.exit_code == 0, result.output
    assert f"{file.stat().st_size / 1_000_000:.1f} MB" in result.stdout
    assert "2019-03-01" in result.stdout
    assert page.problems == []
    assert page.all("html")[0]["lang"] == "en"
    assert [one for one in page.all("script") if "src" in one] == []
    loaded_addresses = [one["href"] for one in page.all("link")] + [
        one["src"] for one in page.all("img")
    ]
    assert all((address or "").startswith("data:") for address in loaded_addresses)
    assert {one["href"] for one in page.all("a")} == {"#content"}
    assert not re.search(r"url\((?!#)", text)
    assert "sourceMappingURL" not in text


def test_its_policy_lets_its_own_scripts_run_and_nothing_else(
    run: Run, loaded: Path, tmp_path: Path
) -> None:
    file = tmp_path / "map.html"
    run("map", "-o", str(file), "--level", "country")
    text = file.read_text()
    scripts = SCRIPT.findall(text)
    [policy] = [
        one["content"] or ""
        for one in Page(text).all("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    ]

    digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in scripts]
    hashes = " ".join(f"'sha256-{digest}'" for digest in digests)
    assert len(scripts) == 3
    assert f"script-src {hashes};" in policy
    assert policy.startswith("default-src 'none';")
    assert text.index("Content-Security-Policy") < text.index("<style>")
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_it_can_be_cited(run: Run, loaded: Path, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    said = run("map", "-o", str(file), "--level", "country", "--on", "2019-03-01").stdout
    version = said.split("data version ")[1].strip()
    text = Page(file.read_text()).text

    for told in (
        f"Kratom: the law on 1 March 2019. Data version {version} of ",
        "CC BY 4.0",
        "Natural Earth",
        "U.S. Census Bureau",
        "never medical or legal advice",
        "“Unknown” never means lawful",
        "Redistribution and use in source and binary forms",  # Leaflet's licence wants it said
    ):
        assert told in text


def test_the_same_data_and_wishes_give_the_same_bytes_on_any_day(
    run: Run, loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tmp_path / "one.html", tmp_path / "other.html"
    run("map", "-o", str(one))
    monkeypatch.setattr("regmap.http.context.today", lambda: date(2099, 1, 1))
    run("map", "-o", str(other))

    assert one.read_bytes() == other.read_bytes()


def test_a_level_brings_its_shapes_and_no_others(run: Run, loaded: Path, tmp_path: Path) -> None:
    kept = {}
    for level in ("country", "state", "auto", "county"):
        file = tmp_path / f"{level}.html"
        run("map", "-o", str(file), "--level", level)
        sheets = {name: block for name, block in blocks_of(file).items() if "shapes:" in name}
        kept[level] = {
            name.removeprefix("shapes:"): len(sheet["objects"]["shapes"]["geometries"])
            for name, sheet in sheets.items()
        }

    assert list(kept["country"]) == ["countries"]
    assert list(kept["state"]) == ["countries", "states"]
    assert (
        list(kept["auto"]) == list(kept["county"]) == ["countries", "states", "counties", "limits"]
    )
    assert 0 < kept["auto"]["counties"] < 200 < 3000 < kept["county"]["counties"]


def test_popups_find_their_words_for_every_day(run: Run, loaded: Path, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    run("map", "-o", str(file), "--substance", "7-oh", "--level", "country")
    blocks = blocks_of(file)
    items = blocks["timeline:7-oh"]["items"]
    answers = blocks["answers"]

    assert len(items) > 290
    for item in items:
        turns = answers["turns"][item["id"]]
        assert [day for day, _ in turns] == [segment["from"] for segment in item["segments"]]
        for _, place in turns:
            assert {"effective", "warnings", "sources"} == set(answers["answers"][place])


def test_it_speaks_the_language_asked_for(run: Run, loaded: Path, tmp_path: Path) -> None:
    file = tmp_path / "map.html"
    run("map", "-o", str(file), "--lang", "es", "--level", "country")

    assert Page(file.read_text()).all("html")[0]["lang"] == "es"
    assert "Alemania" in file.read_text()


# --- What cannot be done. ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("on", "2026-02-30"),
        ("on", "yesterday"),
        ("substance", "tea"),
        ("level", "planet"),
        ("focus", "US-XX"),
        ("lang", "xx"),
    ],
)
def test_a_bad_wish_is_named_and_nothing_is_written(
    run: Run, loaded: Path, tmp_path: Path, option: str, value: str
) -> None:
    file = tmp_path / "map.html"
    result = run("map", "-o", str(file), f"--{option}", value)

    assert_explained(result, 2, f"{option}:")
    assert not file.exists()


def test_a_file_must_be_named(run: Run) -> None:
    assert_explained(run("map"), 2, "--output")


def test_a_missing_folder_is_named(run: Run, loaded: Path, tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    result = run("map", "-o", str(folder / "map.html"))

    assert_explained(result, 1, str(folder), "no such folder")
    assert not folder.exists()


def test_a_folder_in_its_place_is_named(run: Run, loaded: Path, tmp_path: Path) -> None:
    assert_explained(run("map", "-o", str(tmp_path)), 1, str(tmp_path), "is a folder")


def test_a_disk_that_refuses_is_named_and_the_old_file_stays(
    run: Run, loaded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "map.html"
    file.write_text("before")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("regmap.files.write_synced", refuse)
    result = run("map", "-o", str(file), "--level", "country")

    assert_explained(result, 1, str(file), "No space left on device")
    assert file.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".making")] == []


def test_an_empty_database_is_told(run: Run, tmp_path: Path) -> None:
    run("init")
    result = run("map", "-o", str(tmp_path / "map.html"))

    assert_explained(result, 1, "regmap load")
