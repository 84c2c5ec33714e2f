"""The page of a jurisdiction: what a reader needs to quote it, and every reason to doubt it."""

from __future__ import annotations

import copy
import re
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.domain.errors import DataProblem
from regmap.services.history import History
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit
from tests.served import copied_database, make_app, record_edits, shared_folder, url_of
from tests.web.conftest import Page

LONG = "ten thousand letters " * 476
RIGHT_TO_LEFT = "القانون رقم ١٢ \u202eabc"


def page_of(client: FlaskClient, address: str) -> Page:
    response = client.get(f"/jurisdictions/{address}")
    assert response.status_code == 200, response.text[:500]
    page = Page(response.text)
    assert page.problems == []
    return page


def links(page: Page) -> list[str]:
    return [link.get("href") or "" for link in page.all("a")]


def headings(page: Page) -> list[int]:
    return [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]


# --- Head. ----------------------------------------------------------------------------------------


def test_the_head_tells_level_id_and_codes(client: FlaskClient) -> None:
    text = page_of(client, "US-TN").text

    for said in ("state", "Id: US-TN", "ISO 3166: US-TN", "FIPS: 47", "GEOID: 47",
                 "OCD: ocd-division/country:us/state:tn"):  # fmt: skip
        assert said in text


def test_another_day_is_said_to_be_another_day(client: FlaskClient) -> None:
    asked = page_of(client, "US-RI?on=2020-01-01")

    assert "This is the law on 1 January 2020, not that of today." in asked.text
    assert "/jurisdictions/US-RI" in links(asked)  # back to today
    assert "not that of today" not in page_of(client, "US-RI").text


def test_links_keep_the_asked_day_and_language(client: FlaskClient) -> None:
    found = links(page_of(client, "US-RI?on=2020-01-01&lang=es"))

    assert "/jurisdictions/US?on=2020-01-01&lang=es" in found
    assert "/jurisdictions/US-MA?on=2020-01-01&lang=es" in found


@pytest.mark.parametrize(
    "address", ["US-RI", "US", "CU", "US-MS", "US-AL-jefferson-county", "US-MS-columbus", "TH"]
)
def test_headings_go_down_step_by_step(client: FlaskClient, address: str) -> None:
    levels = headings(page_of(client, address))

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


# --- Cards. ---------------------------------------------------------------------------------------


def test_every_substance_has_a_card(client: FlaskClient) -> None:
    page = page_of(client, "US-AL-jefferson-county")
    ids = [attributes.get("id") for _, attributes in page.elements]

    assert {"now-kratom", "now-7-oh"} <= set(ids)


def test_a_card_tells_possession_and_sale_in_plain_words(client: FlaskClient) -> None:
    text = page_of(client, "US-RI?on=2020-01-01").text

    assert "Possession: prohibited Sale: prohibited" in text


def test_a_law_on_the_plant_that_speaks_for_the_concentrate_is_said_to(client: FlaskClient) -> None:
    assert "No law on 7-OH of its own decides" in page_of(client, "TH").text


def test_a_change_to_come_is_told(client: FlaskClient) -> None:
    text = page_of(client, "US-RI?on=2026-03-01").text

    assert "Next change: Regulated, from 21 years from 1 April 2026 loosened" in text


def test_stricter_rules_below_are_told_on_the_card(client: FlaskClient) -> None:
    page = page_of(client, "US-MS?on=2026-05-01")

    assert re.search(r"Stricter rules hold in \d+ places below\.", page.text)
    assert "#below" in links(page)


def test_without_any_evidence_it_says_so(client: FlaskClient) -> None:
    text = page_of(client, "CU").text

    assert "Nothing sufficient is known of any law that decides." in text
    assert "Unknown never means lawful." in text


# --- Timeline and periods. ------------------------------------------------------------------------


def test_a_record_with_periods_has_a_named_chart_and_a_list_of_the_same(
    client: FlaskClient,
) -> None:
    page = page_of(client, "US-RI")
    charts = [one for one in page.all("svg") if one.get("role") == "img"]
    ids = [attributes.get("id") for _, attributes in page.elements]

    assert [one["aria-label"] for one in charts] == [
        "Timeline: Kratom in Rhode Island",
        "Timeline: 7-OH in Rhode Island",
    ]
    assert all(one["aria-describedby"] in ids for one in charts)
    for number in (1, 2, 3):
        assert f"#kratom-{number}" in links(page)
        assert f"kratom-{number}" in ids


def test_the_law_above_is_drawn_where_there_is_none_of_its_own(client: FlaskClient) -> None:
    page = page_of(client, "US-AL-jefferson-county")

    [chart] = [one for one in page.all("svg") if one.get("role") == "img"]
    assert chart["aria-label"] == "Timeline: Kratom in Jefferson County"
    assert "decided by Alabama" in page.text


def test_where_nothing_is_known_nothing_is_drawn(client: FlaskClient) -> None:
    assert not [one for one in page_of(client, "CU").all("svg") if one.get("role") == "img"]


def test_dates_are_as_precise_as_they_are_known(client: FlaskClient) -> None:
    text = page_of(client, "TH").text

    for span in ("Start not known – 3 August 1943", "3 August 1943 – 1979", "1979 – 2019",
                 "2019 – 24 August 2021", "12 October 2025 – open"):  # fmt: skip
        assert text.count(span) == 2, span  # beside the chart and in the list


def test_confidence_is_said_with_its_meaning(client: FlaskClient) -> None:
    assert "medium (one good source)" in page_of(client, "US-RI").text


# --- Around. --------------------------------------------------------------------------------------


def test_neighbours_are_compared_with_here(client: FlaskClient) -> None:
    page = page_of(client, "US-RI?on=2026-05-01")

    assert "/jurisdictions/US-MA?on=2026-05-01" in links(page)
    assert "/jurisdictions/US-CT?on=2026-05-01" in links(page)
    assert "/jurisdictions/US-TN?on=2026-05-01" not in links(page)
    assert re.search(r"Connecticut .*?(stricter|less strict|as strict)", page.text)


def test_a_map_is_shown_only_where_it_has_something_to_show(client: FlaskClient) -> None:
    maps = {
        address: [one for one in page_of(client, address).all("img") if "/map.svg" in str(one)]
        for address in ("US-MS", "US-RI", "CU")
    }

    assert [len(found) for found in maps.values()] == [1, 0, 0]
    [shown] = maps["US-MS"]
    assert "focus=US-MS" in (shown["src"] or "")
    assert "Mississippi" in (shown["alt"] or "")


def test_a_country_lists_its_states_and_folds_what_lies_below_them(client: FlaskClient) -> None:
    page = page_of(client, "US")

    assert "/jurisdictions/US-WY" in links(page)
    assert "/jurisdictions/US-MS-columbus" in links(page)
    assert re.search(r"\d+ records further below", page.text)


def test_counties_without_a_record_can_be_reached(client: FlaskClient) -> None:
    assert "/jurisdictions/US-AL-jefferson-county" in links(page_of(client, "US-AL"))


# --- Revisions. -----------------------------------------------------------------------------------


def test_the_first_revision_is_summed_up_and_its_contents_are_folded(client: FlaskClient) -> None:
    page = page_of(client, "US-RI")

    assert "Record created, with periods: 3" in page.text
    assert page.text.count("What it said at first") == 2  # one a record
    assert len(page.all("details")) >= 2


def edited(factory: pytest.TempPathFactory, **changed: object) -> FlaskClient:
    """A client of the real data in which the present period of Rhode Island was edited."""
    database = copied_database(factory, factory.mktemp("edited"))
    opened = Database(url_of(database))
    with opened.reading() as connection:
        found = revisions.of_subject(connection, ("US-RI", "kratom"), 1_000_000)
    opened.close()
    document = copy.deepcopy(dict(found[-1].document or {}))
    document["periods"][-1] |= changed
    edit = Edit(("US-RI", "kratom"), document, "Ada", "The act was read again", correction="c-7")
    record_edits(database, [edit])
    app: Flask = make_app(database, Path(shared_folder(factory) / "cache"))
    return app.test_client()


def test_an_edit_shows_who_why_and_what(tmp_path_factory: pytest.TempPathFactory) -> None:
    client = edited(tmp_path_factory, min_age=18)
    html = client.get("/jurisdictions/US-RI").text

    text = Page(html).text
    assert re.search(r"Ada ?, by correction c-7 ?: The act was read again", text)
    assert "Minimum age removed: 21 → added: 18" in text
    assert re.search(r"<del>.*21</del>", html)
    assert re.search(r"<ins>.*18</ins>", html)


@pytest.mark.parametrize("text", [LONG, RIGHT_TO_LEFT, "Côte d'Ivoire"])
def test_any_text_is_shown_whole_and_set_in_its_own_direction(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    page = page_of(edited(tmp_path_factory, summary=text[:10_000], penalty=text[:10_000]), "US-RI")

    assert page.text.count(" ".join(text[:10_000].split())) >= 3  # card, period, edit
    assert [one for one in page.all("dd") if one.get("dir") == "auto"]


def test_without_the_store_all_but_the_edits_is_shown(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DataProblem("the store is away")

    monkeypatch.setattr(History, "of_record", fail)

    text = page_of(client, "US-RI").text

    assert "The log of edits cannot be read right now." in text
    assert "By its own law, since 1 April 2026" in text


# --- What a reader may do next. -------------------------------------------------------------------


def test_the_page_can_be_quoted_corrected_and_taken_along(client: FlaskClient) -> None:
    page = page_of(client, "US-RI?on=2026-05-01")

    assert "Law on kratom as of 1 May 2026. regmap, data version" in page.text
    assert "http://localhost/jurisdictions/US-RI?on=2026-05-01" in page.text
    for substance in ("kratom", "7-oh"):
        assert f"/corrections/new?jurisdiction=US-RI&substance={substance}" in links(page)
    assert "/corrections?jurisdiction=US-RI" in links(page)
    assert "/check?q=US-RI&on=2026-05-01" in links(page)
    histories = (f"/history?substance={substance}" for substance in ("kratom", "7-oh"))
    for address in ("?on=2026-05-01", *histories, "/boundary"):
        assert client.get(f"/api/v1/jurisdictions/US-RI{address}").status_code == 200
        assert f"/api/v1/jurisdictions/US-RI{address}" in links(page)


def test_the_snippet_of_the_badge_is_the_badge_when_pasted(client: FlaskClient) -> None:
    html = client.get("/jurisdictions/CI").text
    snippets = re.findall(r"<code>(.*?)</code>", html)

    assert len(snippets) == 2
    pasted = Page(Page(snippets[0]).text)
    assert pasted.problems == []
    [image] = pasted.all("img")
    assert image["src"] == "http://localhost/jurisdictions/CI/badge.svg?substance=kratom"
    assert image["alt"]
    assert client.get(image["src"] or "").mimetype == "image/svg+xml"


# --- An id that there is not. ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "meant"), [("us-tn", "US-TN"), ("tennessee", "US-TN"), ("th", "TH")]
)
def test_an_unknown_id_leads_to_the_one_that_may_be_meant(
    client: FlaskClient, asked: str, meant: str
) -> None:
    response = client.get(f"/jurisdictions/{asked}")

    assert response.status_code == 404
    assert f"/jurisdictions/{meant}" in links(Page(response.text))
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("asked", ["XX", "no-such-place-at-all", "%F0%9F%92%A9", "A" * 5_000])
def test_where_nothing_fits_nothing_is_suggested(client: FlaskClient, asked: str) -> None:
    response = client.get(f"/jurisdictions/{asked}")

    assert response.status_code == 404
    assert "Is one of these meant?" not in response.text
