"""The map for a frame: what its address may ask for, and what is said of what it may not."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.http.context import source_of
from regmap.web.embed_page import embed_snippet
from tests.served import HOSTILE
from tests.web.conftest import Page

OTHER_PAGES = ["/", "/check", "/table", "/changes", "/about", "/docs", "/jurisdictions/US", "/nope"]


def text_of(client: FlaskClient, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response.get_data(as_text=True)
    return response.get_data(as_text=True)


def config_of(client: FlaskClient, url: str) -> dict[str, Any]:
    """What the script of the map is told."""
    found = re.search(r'id="map-config">(.*?)</script>', text_of(client, url), re.DOTALL)
    assert found is not None
    config: dict[str, Any] = json.loads(found[1])
    return config


def whole_map(client: FlaskClient, url: str) -> dict[str, list[str]]:
    """The parameters of the link to the map with all controls."""
    [link] = [one for one in Page(text_of(client, url)).all("a") if one.get("id") == "whole-map"]
    assert (link["target"], link["rel"]) == ("_blank", "noopener")
    return parse_qs(urlsplit(link["href"] or "").query)


def test_anybody_may_frame_it(client: FlaskClient) -> None:
    headers = client.get("/embed").headers

    assert "frame-ancestors *" in headers["Content-Security-Policy"]
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in headers


@pytest.mark.parametrize("url", OTHER_PAGES)
def test_nobody_may_frame_any_other_page(client: FlaskClient, url: str) -> None:
    assert "frame-ancestors 'none'" in client.get(url).headers["Content-Security-Policy"]


def test_it_is_the_map_alone(client: FlaskClient) -> None:
    page = Page(text_of(client, "/embed"))

    assert page.all("nav", "header") == []
    assert [one.get("id") for one in page.all("form")] == []
    assert [one.get("href") for one in page.all("a")] == ["/table", "/?substance=kratom"]
    assert [one.get("target") for one in page.all("base")] == ["_blank"]
    assert "never medical or legal advice" in page.text
    assert "Kratom: the law on" in page.text


def test_the_day_and_the_substance_stand_in_words(client: FlaskClient) -> None:
    page = Page(text_of(client, "/embed?substance=7-oh&on=2019-03-01"))

    assert "7-OH: the law on 1 March 2019" in page.text


def test_the_script_is_told_the_state_and_keeps_no_address(client: FlaskClient) -> None:
    url = "/embed?substance=7-oh&on=2019-03-01&level=county&view=33.1,-89.25,6.5&lang=es"
    config = config_of(client, url)

    assert parse_qs(config["search"]) == {
        "substance": ["7-oh"],
        "on": ["2019-03-01"],
        "level": ["county"],
        "view": ["33.1,-89.25,6.5"],
        "lang": ["es"],
    }
    assert config["keeps_address"] is False
    assert config["language"] == "es"


def test_without_a_day_it_goes_on_meaning_today(client: FlaskClient) -> None:
    assert parse_qs(config_of(client, "/embed")["search"]) == {"substance": ["kratom"]}
    assert "on" not in whole_map(client, "/embed?focus=US")


def test_the_way_to_the_whole_map_keeps_what_is_shown(client: FlaskClient) -> None:
    url = "/embed?substance=7-oh&on=2019-03-01&level=state&focus=US-MS&lang=es&theme=dark"

    assert whole_map(client, url) == {
        "substance": ["7-oh"],
        "on": ["2019-03-01"],
        "level": ["state"],
        "focus": ["US-MS"],
        "lang": ["es"],
    }
    assert "focus" not in whole_map(client, "/embed?focus=world")


@pytest.mark.parametrize("focus", ["TH", "US-MS", "US-MS-columbus", "US", "world", "US-AK", "FJ"])
def test_a_focus_is_shown_as_its_box(client: FlaskClient, focus: str) -> None:
    west, south, east, north = config_of(client, f"/embed?focus={focus}")["fit"]

    assert -90 <= south < north <= 90
    assert -180 <= west <= 180
    assert -180 <= east <= 180
    assert west != east


def test_the_united_states_are_shown_without_their_far_islands(client: FlaskClient) -> None:
    west, south, east, north = config_of(client, "/embed?focus=US")["fit"]

    assert (west, south, east, north) == (-125, 24.3, -66.5, 49.5)


def test_without_a_focus_the_script_chooses(client: FlaskClient) -> None:
    assert config_of(client, "/embed")["fit"] is None


def test_a_size_is_that_of_the_whole_box(client: FlaskClient) -> None:
    [body] = Page(text_of(client, "/embed?width=640&height=300")).all("body")

    assert body["style"] == "width: 640px; height: 300px; min-height: 0;"
    assert "style" not in Page(text_of(client, "/embed")).all("body")[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_holds_whatever_the_system_says(client: FlaskClient, theme: str) -> None:
    page = Page(text_of(client, f"/embed?theme={theme}"))

    assert page.all("html")[0]["data-theme"] == theme
    schemes = [one["content"] for one in page.all("meta") if one.get("name") == "color-scheme"]
    assert schemes == [theme]


def test_the_legend_can_be_left_out_and_the_slider_put_in(client: FlaskClient) -> None:
    plain = Page(text_of(client, "/embed"))
    other = Page(text_of(client, "/embed?legend=0&slider=1"))

    assert (len(plain.all("details")), len(plain.all("input"))) == (1, 0)
    assert (len(other.all("details")), len(other.all("input"))) == (0, 1)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("substance=tea", "substance"),
        ("on=2026-02-30", "on"),
        ("on=9999-01-01", "on"),
        ("focus=US-XX", "focus"),
        ("focus=%3Cscript%3Ealert(1)%3C/script%3E", "focus"),
        (f"focus={'x' * 200}", "focus"),
        ("level=planet", "level"),
        ("legend=perhaps", "legend"),
        ("slider=2", "slider"),
        ("theme=pink", "theme"),
        ("lang=xx", "lang"),
        ("width=199", "width"),
        ("width=2001", "width"),
        ("width=1e3", "width"),
        ("height=-200", "height"),
        ("height=%D9%A3%D9%A0%D9%A0", "height"),
        ("view=91,0,3", "view"),
        ("view=nan,0,3", "view"),
        ("view=1,2", "view"),
    ],
)
def test_a_bad_value_is_named_on_a_page_that_fits_a_frame(
    client: FlaskClient, query: str, field: str
) -> None:
    response = client.get(f"/embed?{query}")
    text = response.get_data(as_text=True)
    page = Page(text)

    assert response.status_code == 422
    assert response.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
    assert f"<strong>{field}</strong>" in text
    assert page.all("nav", "header", "footer") == []
    assert page.problems == []
    assert "<script>alert" not in text


def test_all_bad_values_are_named_at_once(client: FlaskClient) -> None:
    text = client.get("/embed?on=never&width=1&theme=pink").get_data(as_text=True)

    assert re.findall(r"<strong>(\w+)</strong>", text) == ["on", "theme", "width"]


def test_a_jurisdiction_that_nobody_can_place_is_named(app: Flask, client: FlaskClient) -> None:
    asked = source_of(app).current()
    lost = next(
        one.id
        for one in asked.snapshot.tree
        if asked.browse.bbox(one.id) is None and asked.browse.centroid(one.id) is None
    )
    response = client.get(f"/embed?focus={lost}")

    assert response.status_code == 422
    assert "Where this lies is not known" in response.get_data(as_text=True)


def test_parameters_that_it_does_not_know_are_left_alone(client: FlaskClient) -> None:
    assert client.get("/embed?utm_source=x").status_code == 200


def test_a_snippet_is_one_frame_whatever_its_title_holds() -> None:
    address = "https://example.org/embed?substance=kratom&focus=US-MS"
    page = Page(embed_snippet(address, HOSTILE))

    assert page.problems == []
    assert [tag for tag, _ in page.elements] == ["iframe"]
    [frame] = page.all("iframe")
    assert frame["src"] == address
    assert frame["title"] == HOSTILE
    assert frame["loading"] == "lazy"


def test_the_about_page_offers_a_snippet_that_works(client: FlaskClient) -> None:
    snippets = re.findall(r"<code>(.*?)</code>", text_of(client, "/about?jurisdiction=US-MS"))
    [frame] = [one for each in snippets for one in Page(html.unescape(each)).all("iframe")]
    address = urlsplit(frame["src"] or "")

    assert client.get(f"{address.path}?{address.query}").status_code == 200
    assert parse_qs(address.query)["focus"] == ["US-MS"]
