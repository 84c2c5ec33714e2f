"""What browsers load beside the pages: joined, and kept for ever under an address of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import NotFound

from regmap.settings import ROOT
from regmap.web.assets import MAP_SCRIPTS, STYLES, Asset, Assets

STATIC = ROOT / "static"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """A folder with all that is joined, and a picture."""
    for folder, names, suffix in (("css", STYLES, "css"), ("js", MAP_SCRIPTS, "js")):
        for name in names:
            file = tmp_path / folder / f"{name}.{suffix}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"/* {name} */")
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "icon.svg").write_text("<svg/>")
    return tmp_path


def made(script: str = "draw();") -> dict[str, Asset]:
    return {"map.js": Asset(script.encode(), "text/javascript")}


def test_styles_are_joined_in_the_order_of_the_cascade(static: Path) -> None:
    joined = Assets(static, {}).text("site.css")

    assert joined == "\n".join(f"/* {name} */" for name in STYLES)
    assert STYLES[0] == "tokens"
    assert STYLES[-1] == "print"


def test_our_scripts_stand_before_the_one_that_starts_the_map(static: Path) -> None:
    joined = Assets(static, made()).text("map.js")

    assert joined == "\n".join([*(f"/* {name} */" for name in MAP_SCRIPTS), "draw();"])


def test_every_file_of_styles_and_scripts_is_served_joined() -> None:
    """A new file that nobody lists would be written for nothing."""
    styles = {file.stem for file in (STATIC / "css").rglob("*.css")}
    own = {
        str(file.relative_to(STATIC / "js").with_suffix(""))
        for file in (STATIC / "js").rglob("*.js")
    }

    assert styles == set(STYLES)
    assert own >= set(MAP_SCRIPTS)


def test_a_file_that_is_missing_stops_the_start(static: Path) -> None:
    (static / "css" / "print.css").unlink()

    with pytest.raises(FileNotFoundError):
        Assets(static, {})


@pytest.mark.parametrize("name", ["css/print.css", "img/icon.svg"])
def test_addresses_change_with_any_file(static: Path, name: str) -> None:
    before = Assets(static, {})
    assert Assets(static, {}).version == before.version

    (static / name).write_text("changed")

    after = Assets(static, {})
    assert after.version != before.version
    assert after.url("site.css") != before.url("site.css")


def test_addresses_change_when_a_file_is_moved_or_a_made_one_changes(static: Path) -> None:
    first = Assets(static, made("one")).version
    assert Assets(static, made("two")).version != first

    (static / "img" / "icon.svg").rename(static / "img" / "other.svg")

    assert Assets(static, made("one")).version != first


def test_a_file_is_found_by_its_path_and_a_joined_one_by_name(static: Path) -> None:
    assets = Assets(static, made())

    assert assets.url("img/icon.svg") == f"/assets/{assets.version}/img/icon.svg"
    assert assets.body("img/icon.svg") == b"<svg/>"
    with pytest.raises(FileNotFoundError):
        assets.body("img/none.svg")


@pytest.mark.parametrize(
    ("name", "mimetype"),
    [
        ("site.css", "text/css"),
        ("map.js", "text/javascript"),
        ("img/icon.svg", "image/svg+xml"),
        ("vendor/leaflet/leaflet.js", "text/javascript"),
        ("vendor/topojson-client/topojson-client.min.js", "text/javascript"),
    ],
)
def test_what_is_served_may_be_kept_for_ever(
    app: Flask, client: FlaskClient, name: str, mimetype: str
) -> None:
    with client.get(address(app, name)) as response:
        assert response.status_code == 200
        assert response.mimetype == mimetype
        assert "immutable" in response.headers["Cache-Control"]
        etag = response.headers["ETag"]
    with client.get(address(app, name), headers={"If-None-Match": etag}) as again:
        assert again.status_code == 304


def address(app: Flask, name: str) -> str:
    asset: Any = app.jinja_env.globals["asset"]
    url: str = asset(name)
    return url


@pytest.mark.parametrize("name", ["", "none.js", "../pyproject.toml", "css", "..%2fpyproject.toml"])
def test_nothing_else_is_served(app: Flask, client: FlaskClient, name: str) -> None:
    with client.get(address(app, name)) as response:
        assert response.status_code == 404


def test_another_version_is_not_served_as_this_one(app: Flask, client: FlaskClient) -> None:
    assert client.get("/assets/000000000000/site.css").status_code == 404
    assert client.get(address(app, "site.css")).status_code == 200


def test_asking_for_nothing_by_name_is_not_found(app: Flask, static: Path) -> None:
    with app.test_request_context(), pytest.raises(NotFound):
        Assets(static, {}).answer("none.js")
