"""The shapes of the map: small on the wire, kept for ever, made once."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]  # ships no types
import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.geo.atlas import Atlas
from regmap.geo.drawings import Drawings
from regmap.web.shapes import Shapes, shape_urls
from tests.served import json_of

SHEETS = ["countries", "states", "counties", "limits"]
SMALL = "states"
UNPACK: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "identity": bytes,
}

every_sheet = pytest.mark.parametrize("sheet", SHEETS)


@pytest.fixture(scope="module")
def drawings(atlas: Atlas) -> Drawings:
    return Drawings(atlas)


@pytest.fixture(scope="module")
def urls(app: Flask) -> dict[str, str]:
    with app.app_context():
        return shape_urls()


def test_pages_and_programs_find_the_same_addresses(app: Flask, urls: dict[str, str]) -> None:
    assert list(urls) == SHEETS
    in_templates: Any = app.jinja_env.globals["shape_urls"]
    assert in_templates() == urls


@every_sheet
@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, br;q=0.5", "gzip"),
        ("identity", "identity"),
        ("deflate", "identity"),
        ("*", "br"),
        (None, "identity"),
    ],
)
def test_a_sheet_comes_as_the_browser_can_read_it(
    client: FlaskClient,
    drawings: Drawings,
    urls: dict[str, str],
    sheet: str,
    accepted: str | None,
    coding: str,
) -> None:
    response = client.get(urls[sheet], headers={"Accept-Encoding": accepted} if accepted else {})

    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert response.headers.get("Content-Encoding", "identity") == coding
    assert UNPACK[coding](response.get_data()) == drawings.sheet(sheet)
    assert response.headers.getlist("Vary") == ["Accept-Encoding"]


@every_sheet
def test_a_sheet_may_be_kept_for_ever_and_is_not_sent_again(
    client: FlaskClient, urls: dict[str, str], sheet: str
) -> None:
    for coding in UNPACK:
        headers = {"Accept-Encoding": coding}
        first = client.get(urls[sheet], headers=headers)
        assert "immutable" in first.headers["Cache-Control"]
        again = client.get(urls[sheet], headers={**headers, "If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.get_data()) == (304, b"")
        assert "Content-Encoding" not in again.headers


def test_each_coding_has_an_etag_of_its_own(client: FlaskClient, urls: dict[str, str]) -> None:
    etags = {
        client.get(urls[SMALL], headers={"Accept-Encoding": coding}).headers["ETag"]
        for coding in UNPACK
    }

    assert len(etags) == len(UNPACK)


def test_the_shapes_of_the_first_view_are_small(client: FlaskClient, urls: dict[str, str]) -> None:
    sent = [
        len(client.get(urls[sheet], headers={"Accept-Encoding": "br"}).get_data())
        for sheet in ("countries", "states")
    ]

    assert sum(sent) < 200_000


def test_what_the_timeline_says_is_drawn_is_on_its_sheet(
    client: FlaskClient, urls: dict[str, str]
) -> None:
    drawn: dict[str, set[Any]] = {
        sheet: {
            one.get("id") for one in json_of(client.get(url))["objects"]["shapes"]["geometries"]
        }
        for sheet, url in urls.items()
    }
    items = json_of(client.get("/api/v1/map/timeline"))["items"]

    assert items
    for item in items:
        if item["sheet"] is not None:
            assert item["id"] in drawn[item["sheet"]]
        else:
            assert not any(item["id"] in ids for ids in drawn.values())


@pytest.mark.parametrize(
    "path", ["states-0000000000000000", "nope-{mark}", "states-", "states", "../states-{mark}"]
)
def test_another_name_or_hash_is_not_found(
    client: FlaskClient, urls: dict[str, str], path: str
) -> None:
    mark = urls["states"].removesuffix(".json").split("-")[1]

    assert client.get(f"/shapes/{path.format(mark=mark)}.json").status_code == 404


# --- How they are made. -------------------------------------------------------------------------


def test_warming_makes_every_form_and_a_second_start_makes_none(
    drawings: Drawings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = only(SMALL, drawings, monkeypatch)
    Shapes(small, tmp_path).warm()
    kept = {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert sorted(name.rsplit(".", 1)[1] for name in kept) == ["br", "gzip"]

    again = Shapes(small, tmp_path)
    again.warm()

    assert {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == kept
    assert brotli.decompress(again.packed(SMALL, "br")) == drawings.sheet(SMALL)


def only(sheet: str, drawings: Drawings, monkeypatch: pytest.MonkeyPatch) -> Drawings:
    """The drawings with no more than one sheet: to compress all of them takes seconds."""
    monkeypatch.setattr(Drawings, "sheets", (sheet,))
    return drawings


def test_the_address_of_a_sheet_changes_with_its_contents(
    drawings: Drawings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Shapes(drawings, None).urls()
    document = orjson.loads(drawings.sheet(SMALL))
    document["objects"]["shapes"]["geometries"].pop()
    sheet = Drawings.sheet

    def changed(self: Drawings, name: str) -> bytes:
        return orjson.dumps(document) if name == SMALL else sheet(self, name)

    monkeypatch.setattr(Drawings, "sheet", changed)
    after = Shapes(drawings, None).urls()

    assert after[SMALL] != before[SMALL]
    assert {name: url for name, url in after.items() if name != SMALL} == {
        name: url for name, url in before.items() if name != SMALL
    }


@pytest.mark.parametrize("damage", [b"", b"{", b"\x00" * 100, b"other"])
@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_damaged_kept_form_is_made_again(
    drawings: Drawings, tmp_path: Path, coding: str, damage: bytes
) -> None:
    good = Shapes(drawings, tmp_path).packed(SMALL, coding)
    [kept] = tmp_path.iterdir()
    wrong = gzip.compress(damage) if damage == b"other" and coding == "gzip" else damage
    kept.write_bytes(wrong)

    assert Shapes(drawings, tmp_path).packed(SMALL, coding) == good
    assert kept.read_bytes() == good


def test_half_of_a_kept_form_is_not_served(drawings: Drawings, tmp_path: Path) -> None:
    for coding in ("br", "gzip"):
        good = Shapes(drawings, tmp_path / coding).packed(SMALL, coding)
        [kept] = (tmp_path / coding).iterdir()
        kept.write_bytes(good[: len(good) // 2])

        assert Shapes(drawings, tmp_path / coding).packed(SMALL, coding) == good


def test_a_cache_that_cannot_be_written_only_costs_time(drawings: Drawings, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("a file where the folder should be")

    packed = Shapes(drawings, in_the_way / "cache").packed(SMALL, "br")

    assert brotli.decompress(packed) == drawings.sheet(SMALL)
    assert Shapes(drawings, None).packed(SMALL, "br") == packed


def test_a_sheet_is_packed_once(drawings: Drawings, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = Shapes(drawings, None)
    first = shapes.packed(SMALL, "gzip")

    def fail(*_: Any) -> Any:
        raise AssertionError("made again")

    monkeypatch.setattr(Drawings, "sheet", fail)

    assert shapes.packed(SMALL, "gzip") is first
