"""Pages as the data set stood at a moment: they show it, say it, and keep it in their links."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from regmap.web.clock import takes_clock
from tests.web.conftest import Page
from tests.web.told_anew import edited_client, lines_of, links, page_of, versions

PAGES = [
    "/",
    "/check?q=US-RI",
    "/check",
    "/jurisdictions/US-RI",
    "/table",
    "/changes",
    "/embed?focus=US",
]
FILES = ["/table.csv", "/changes.csv", "/map.svg?focus=US", "/jurisdictions/US-RI/badge.svg"]
PRESENT = ["/about", "/corrections", "/corrections/new", "/data/versions", "/docs"]
SAYS_SO = "As the data set stood on"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """Where the age in US-RI was 21 at first, and is told as 18 since."""
    return edited_client(tmp_path_factory)


@pytest.fixture(scope="module")
def before(client: FlaskClient) -> str:
    """The moment of the first load."""
    moment: str = versions(client)[-1]["moment"]
    return moment


def at(url: str, moment: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}known_at={moment}"


@pytest.mark.parametrize("url", PAGES)
def test_a_page_says_which_state_of_the_data_it_shows_and_leads_to_the_present_one(
    client: FlaskClient, before: str, url: str
) -> None:
    page = page_of(client, at(url, before))

    assert page.text.count(SAYS_SO) == 1
    assert f"{before[11:19]} UTC" in page.text
    [present] = [one for one in page.all("a") if one.get("id") == "present"]
    address = urlsplit(present["href"] or "")
    assert "known_at" not in parse_qs(address.query)
    assert address.path == urlsplit(url).path
    assert SAYS_SO not in page_of(client, url).text


@pytest.mark.parametrize("url", PAGES)
def test_links_to_pages_about_the_same_keep_the_moment_and_others_do_not(
    client: FlaskClient, before: str, url: str
) -> None:
    page = page_of(client, at(url, before))

    kept = set()
    for one in page.all("a"):
        address = urlsplit(one.get("href") or "")
        if not address.path or address.netloc or one.get("id") in ("present", "whole-map"):
            continue
        is_data = address.path.startswith("/api/v1/")
        has_it = parse_qs(address.query).get("known_at") == [before]
        assert has_it == (takes_clock(address.path) or is_data), one
        kept.add(address.path)
    assert kept or url.startswith("/embed")


@pytest.mark.parametrize("url", ["/check?q=US-RI", "/table", "/changes", "/jurisdictions/US-RI"])
def test_forms_keep_the_moment(client: FlaskClient, before: str, url: str) -> None:
    hidden = [
        (one.get("name"), one.get("value"))
        for one in page_of(client, at(url, before)).all("input")
        if one.get("type") == "hidden"
    ]

    assert ("known_at", before) in hidden
    assert "known_at" not in client.get(url).text


def test_a_jurisdiction_is_shown_as_it_was_told_then(client: FlaskClient, before: str) -> None:
    then, now = (
        page_of(client, url).text
        for url in (at("/jurisdictions/US-RI", before), "/jurisdictions/US-RI")
    )

    assert "Regulated, from 21 years" in then
    assert "The act says 18." not in then
    assert "Regulated, from 18 years" in now
    assert "The act says 18." in now
    assert "record corrected" in now


def test_a_spot_is_answered_as_it_was_told_then(client: FlaskClient, before: str) -> None:
    then = page_of(client, at("/check?lat=41.82&lon=-71.41", before))

    assert "21 years" in then.text
    assert "21 years" not in page_of(client, "/check?lat=41.82&lon=-71.41").text
    [data] = [one for one in links(then) if one.startswith("/api/v1/status")]
    answer = client.get(data).get_json()
    assert answer["effective"]["min_age"] == 21


def test_files_tell_what_was_told_then_and_are_named_by_it(
    client: FlaskClient, before: str
) -> None:
    [then], [now] = (
        [one for one in lines_of(client, url) if one["id"] == "US-RI"]
        for url in (at("/table.csv", before), "/table.csv")
    )

    assert (then["min_age"], now["min_age"]) == ("21", "18")
    name = client.get(at("/table.csv", before)).headers["Content-Disposition"]
    assert f"known-at-{before[:10]}" in name
    assert "known-at" not in client.get("/table.csv").headers["Content-Disposition"]


def test_pictures_say_which_state_they_show(client: FlaskClient, before: str) -> None:
    assert SAYS_SO in client.get(at("/map.svg?focus=US", before)).text
    badge = client.get(at("/jurisdictions/US-RI/badge.svg", before)).text
    assert "as known on" in badge
    assert "from 21 years" in badge
    assert SAYS_SO not in client.get("/map.svg?focus=US").text
    assert "as known on" not in client.get("/jurisdictions/US-RI/badge.svg").text


@pytest.mark.parametrize("url", ["/", "/embed?focus=US"])
def test_the_map_asks_for_the_law_as_it_was_told_then(
    client: FlaskClient, before: str, url: str
) -> None:
    html = client.get(at(url, before)).text
    found = re.search(r'<script type="application/json" id="map-config">(.*?)</script>', html)
    assert found is not None

    assert json.loads(found[1])["known_at"] == before
    assert json.loads(found[1])["keep"] == {"known_at": before}
    preloaded = [one.get("href") or "" for one in Page(html).all("link")]
    [timeline] = [one for one in preloaded if "timeline" in one]
    assert parse_qs(urlsplit(timeline).query)["known_at"] == [before]


def test_a_day_is_kept_as_a_day(client: FlaskClient) -> None:
    page = page_of(client, "/jurisdictions/US-RI?known_at=2020-01-01")

    assert f"{SAYS_SO} 1 January 2020." in page.text
    assert "/table?known_at=2020-01-01" in links(page)
    assert "No record of its own" in page.text  # nothing had been recorded by then


@pytest.mark.parametrize("url", [*PAGES, *FILES])
@pytest.mark.parametrize("wrong", ["yesterday", "2199-01-01", "2020-02-30", "2020-01-01T00:00:00"])
def test_a_moment_that_cannot_be_shown_is_named(client: FlaskClient, url: str, wrong: str) -> None:
    response = client.get(at(url, wrong))

    assert (response.status_code, response.mimetype) == (422, "text/html")
    assert "known_at" in Page(response.text).text
    assert response.headers["Cache-Control"] == "no-store"


def test_two_moments_are_one_too_many(client: FlaskClient) -> None:
    response = client.get("/table?known_at=2020-01-01&known_at=2021-01-01")

    assert response.status_code == 422
    assert "known_at" in Page(response.text).text


def test_what_is_not_there_was_not_there_then_either(client: FlaskClient, before: str) -> None:
    response = client.get(at("/jurisdictions/XX", before))

    assert response.status_code == 404
    assert SAYS_SO in Page(response.text).text


@pytest.mark.parametrize("url", PRESENT)
def test_other_pages_are_about_the_present(client: FlaskClient, before: str, url: str) -> None:
    page = page_of(client, at(url, before))

    assert SAYS_SO not in page.text
    for one in links(page):  # but for the way to this very page in another language
        assert "known_at" not in one or f"{url}?" in one or "/table?known_at=" in one


def test_a_correction_is_made_of_the_present_record(client: FlaskClient, before: str) -> None:
    page = page_of(client, at("/corrections/new?jurisdiction=US-RI", before))

    values = [one.get("value") for one in page.all("input")]
    assert "18" in values
    assert "21" not in values


def test_every_page_that_takes_the_clock_is_known_to_links(client: FlaskClient) -> None:
    """A page that joins the clock is one that links keep it to, and no other is."""
    app = client.application
    timed = {str(one) for one in app.url_map.iter_rules() if one.endpoint.startswith("timed_pages")}

    assert {"/", "/check", "/table.csv", "/jurisdictions/<jurisdiction_id>"} <= timed
    for rule in app.url_map.iter_rules():
        path = str(rule).replace("<jurisdiction_id>", "US")
        assert takes_clock(path) == (str(rule) in timed), path


def test_caches_may_keep_an_older_state_as_they_keep_the_present_one(
    client: FlaskClient, before: str
) -> None:
    then, now = client.get(at("/table", before)), client.get("/table")

    assert then.headers["Cache-Control"] == now.headers["Cache-Control"]
    assert then.headers["ETag"] != now.headers["ETag"]
    again = client.get(at("/table", before), headers={"If-None-Match": then.headers["ETag"]})
    assert again.status_code == 304


def test_the_banner_is_told_in_the_language_of_the_page(client: FlaskClient, before: str) -> None:
    page = page_of(client, at("/table?lang=es", before))

    assert "/changes?" in " ".join(links(page))
    assert all("lang=es" in one for one in links(page) if one.startswith("/changes"))
