"""The parts taken from folium: the same at each rendering, and free of other hosts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from regmap.web.folium_map import MapParts, map_parts
from tests.web.conftest import Page


@pytest.fixture(scope="module")
def parts() -> MapParts:
    return map_parts(None)


def test_two_renderings_are_the_same(parts: MapParts) -> None:
    assert map_parts(None) == parts


def test_element_and_script_name_the_same_map(parts: MapParts) -> None:
    [element] = Page(parts.element).all("div")

    assert element["class"] == "folium-map"
    assert f'"{element["id"]}"' in parts.script
    assert re.findall(r"[0-9a-f]{32}", parts.element + parts.script) == []  # no random ids


def test_the_parts_name_no_other_host_and_hold_no_markup(parts: MapParts) -> None:
    assert "http://" not in parts.script + parts.element
    assert "https://" not in parts.script + parts.element
    assert "//cdn" not in parts.script
    assert "<script" not in parts.script + parts.element
    assert "</" not in parts.script


def test_the_script_hands_the_map_over_to_ours(parts: MapParts) -> None:
    [element] = Page(parts.element).all("div")

    assert parts.script.strip().endswith(f"regmap.draw({element['id']});")


def test_the_kept_form_is_the_fresh_form(parts: MapParts, tmp_path: Path) -> None:
    first = map_parts(tmp_path)
    [kept] = tmp_path.iterdir()

    assert first == parts
    assert map_parts(tmp_path) == parts
    assert [kept] == list(tmp_path.iterdir())


def test_the_kept_form_is_what_is_read(parts: MapParts, tmp_path: Path) -> None:
    map_parts(tmp_path)
    [kept] = tmp_path.iterdir()
    kept.write_text(json.dumps({"element": "<div></div>", "script": "kept"}))

    assert map_parts(tmp_path).script == "kept"


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"element": "x"}', "\x00"])
def test_a_damaged_kept_form_is_made_again(parts: MapParts, tmp_path: Path, damage: str) -> None:
    map_parts(tmp_path)
    [kept] = tmp_path.iterdir()
    kept.write_text(damage)

    assert map_parts(tmp_path) == parts


def test_a_cache_that_cannot_be_written_only_costs_time(parts: MapParts, tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("a file where the folder should be")  # root may write anywhere else

    assert map_parts(in_the_way / "cache") == parts


def test_the_page_loads_the_script_behind_our_own(client: FlaskClient) -> None:
    scripts = Page(client.get("/").get_data(as_text=True)).all("script")
    [address] = [one["src"] or "" for one in scripts if (one.get("src") or "").endswith("/map.js")]

    response = client.get(address)

    assert response.mimetype == "text/javascript"
    assert "immutable" in response.headers["Cache-Control"]
    script = response.get_data(as_text=True)
    assert script.endswith(map_parts(None).script)
    assert "regmap" in script.removesuffix(map_parts(None).script)


def test_what_the_script_needs_is_loaded_before_it_and_after_the_page(client: FlaskClient) -> None:
    scripts = Page(client.get("/").get_data(as_text=True)).all("script")
    loaded = [one for one in scripts if one.get("src")]
    names = [(one["src"] or "").rsplit("/", 1)[1] for one in loaded]

    assert names.index("leaflet.js") < names.index("map.js")
    assert names.index("topojson-client.min.js") < names.index("map.js")
    assert all("defer" in one for one in loaded)
