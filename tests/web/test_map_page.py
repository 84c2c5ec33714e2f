"""The map's page as the server makes it: what its script is told, and what stands in the legend."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from colorspacious import cspace_convert, deltaE
from flask import Flask
from flask.testing import FlaskClient

from regmap.domain.vocabulary import STATUSES, Direction
from regmap.settings import ROOT
from regmap.web.map_config import UNCHANGED, evidence_choices, json_block, regions
from regmap.web.map_texts import map_texts
from tests.domain.test_vocabulary import SIGHTS
from tests.served import HOSTILE
from tests.web.conftest import Page
from tests.web.test_contrast import THEMES

SCRIPTS = "\n".join(file.read_text() for file in sorted((ROOT / "static/js/map").glob("*.js")))
OFFLINE_TEXTS = {"sources"}  # handed over by regmap.web.offline alone
WAYS = ("tightened", "loosened", "other", "raised")  # the last is what did not change


def _config(client: FlaskClient, address: str = "/") -> dict[str, Any]:
    html = client.get(address).get_data(as_text=True)
    found = re.search(r'<script type="application/json" id="map-config">(.*?)</script>', html)
    assert found is not None
    config: dict[str, Any] = json.loads(found[1])
    return config


def test_the_script_is_told_every_status_with_its_looks(client: FlaskClient) -> None:
    told = {entry["code"]: entry for entry in _config(client)["statuses"]}

    assert list(told) == [status.value for status in STATUSES]
    for status, entry in STATUSES.items():
        assert told[status]["fill"] == entry.fill
        assert told[status]["outline"] == entry.outline
        assert told[status]["hatched"] is entry.hatched


def test_the_legend_has_a_row_for_every_status_and_every_direction(client: FlaskClient) -> None:
    rows = Page(client.get("/").get_data(as_text=True)).all("tr")

    assert [row["data-status"] for row in rows if row.get("data-status")] == list(STATUSES)
    directions = [row["data-direction"] for row in rows if row.get("data-direction")]
    assert directions == [*Direction, UNCHANGED]


def test_every_pattern_of_doubt_is_in_the_page(client: FlaskClient) -> None:
    html = client.get("/").get_data(as_text=True)

    for status, entry in STATUSES.items():
        for grade in (1, 2):
            assert (f'id="doubt-{status}-{grade}"' in html) is not entry.hatched


@pytest.mark.parametrize(
    "query", ["on=2023-02-30", "substance=x", "level=x", "view=x", "status=x", "compare=x"]
)
def test_what_the_script_can_explain_is_not_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/?{query}").status_code == 200


def test_a_language_that_there_is_not_is_refused(client: FlaskClient) -> None:
    assert client.get("/?lang=xx").status_code == 422


def test_what_is_preloaded_is_what_the_script_will_ask_for(client: FlaskClient) -> None:
    page = Page(client.get("/?substance=7-oh").get_data(as_text=True))
    addresses = _config(client)["addresses"]

    preloaded = [link["href"] for link in page.all("link") if link.get("rel") == "preload"]

    assert set(preloaded) == {
        addresses["shapes"]["countries"],
        addresses["shapes"]["states"],
        f"{addresses['timeline']}?substance=7-oh",
    }
    for address in preloaded:
        assert client.get(address or "").status_code == 200


def test_the_names_of_countries_are_those_of_the_language(client: FlaskClient) -> None:
    assert _config(client, "/?lang=es")["names"]["DE"] == "Alemania"
    assert _config(client, "/?lang=en")["names"] == {}
    assert _config(client, "/?lang=es")["keep"] == {"lang": "es"}
    assert _config(client)["keep"] == {}


# --- Texts. -------------------------------------------------------------------------------------


def test_the_script_finds_every_text_that_it_asks_for(app: Flask) -> None:
    asked = set(re.findall(r'(?:text|counted)\(\s*"([a-z_0-9]+)"', SCRIPTS))
    with app.test_request_context("/"):
        texts = map_texts()

    assert asked - OFFLINE_TEXTS <= set(texts)
    assert len(asked) > 40


def test_every_value_of_a_text_is_left_for_the_script(app: Flask) -> None:
    with app.test_request_context("/"):
        for name, text in map_texts().items():
            for pattern in (text,) if isinstance(text, str) else text:
                left = re.sub(r"%\([a-z]+\)s", "", pattern)
                assert "%" not in left, name


def test_json_in_a_page_is_what_it_was_and_breaks_out_of_nothing() -> None:
    value = {"text": HOSTILE, "lines": "\u2028\u2029", "comment": "<!--", "amp": "&lt;"}

    block = str(json_block(value))

    assert json.loads(block) == value
    assert not set("<>&\u2028\u2029") & set(block)


def test_regions_are_boxes_on_the_globe(app: Flask) -> None:
    with app.test_request_context("/"):
        listed = regions()

    assert len({one["code"] for one in listed}) == len(listed)
    for one in listed:
        west, south, east, north = one["bbox"]
        assert -180 <= west <= 180
        assert -180 <= east <= 180
        assert -90 <= south < north <= 90


def test_the_choices_by_age_of_the_evidence_are_those_of_the_script(app: Flask) -> None:
    with app.test_request_context("/"):
        choices = list(evidence_choices())

    [listed] = re.findall(r"const EVIDENCE = (\[.*?\]);", SCRIPTS)
    assert json.loads(listed) == choices


def test_no_text_is_put_into_the_page_as_markup() -> None:
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
        assert way not in SCRIPTS


# --- Colours of a comparison. -------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("sight", SIGHTS)
def test_every_eye_tells_apart_which_way_the_law_moved(theme: str, sight: str) -> None:
    seen = {way: _seen(THEMES[theme][way], sight) for way in WAYS}

    distance = {
        pair: float(deltaE(seen[pair[0]], seen[pair[1]], "CAM02-UCS"))
        for pair in combinations(seen, 2)
    }
    assert [pair for pair in distance if distance[pair] < SIGHTS[sight]] == []


def _seen(colour: str, sight: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The colour as that eye sees it, in CAM02-UCS: lightness, and two axes of colour."""
    rgb = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    if sight not in ("full", "grey"):
        eye = {"name": "sRGB1+CVD", "cvd_type": sight, "severity": 100}
        rgb = cspace_convert(rgb, eye, "sRGB1")
    seen = np.asarray(cspace_convert(rgb, "sRGB1", "CAM02-UCS"), dtype=np.float64)
    return seen * (1, 0, 0) if sight == "grey" else seen
