"""``/feeds/changes.atom`` and ``.json``: the same news, for the readers that people have."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.builders import a_period, a_record, a_source
from tests.feeds.conftest import FIRST, LATER, Site, read_atom
from tests.served import json_of

SHARED = (
    "substance", "effective", "before", "after", "effective_before", "effective_after",
    "direction", "summary", "citation",
)  # fmt: skip
LIMIT = 100


def _banned(day: str = "2025-01-10", **others: Any) -> Any:
    periods = (a_period("unregulated", None, day), a_period("prohibited", day, **others))
    return a_record("US-TN", *periods, evidence_as_of="2025-02-01")


def _every_item(client: FlaskClient, **query: str) -> list[dict[str, Any]]:
    feed = json_of(client.get("/feeds/changes.json", query_string=query))
    found: list[dict[str, Any]] = feed["items"]
    while "next_url" in feed:
        feed = json_of(client.get(feed["next_url"]))
        found += feed["items"]
    return found


def _every_change(client: FlaskClient, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(1, 20):
        asked = {**query, "page": page, "page_size": 200}
        answer = json_of(client.get("/api/v1/changes", query_string=asked))
        found += answer["items"]
        if len(found) == answer["total"]:
            break
    return found


@pytest.mark.parametrize("query", [{}, {"substance": "7-oh"}])
def test_the_pages_of_the_feed_hold_just_the_changes_that_the_api_gives(
    client: FlaskClient, query: dict[str, str]
) -> None:
    told = [one["_regmap"] for one in _every_item(client, **query)]
    law = [one for one in told if one["type"] == "law_changed"]

    def as_one(change: dict[str, Any]) -> tuple[Any, ...]:
        return change["jurisdiction"]["id"], *(change[name] for name in SHARED)

    expected = {as_one(change) for change in _every_change(client, **query)}
    assert {as_one(change) for change in law} == expected
    assert len(law) == len(expected) > 20


def test_both_feeds_tell_the_same_entries_in_the_same_order(client: FlaskClient) -> None:
    for page in ("1", "2"):
        atom = read_atom(client.get("/feeds/changes.atom", query_string={"page": page}).data)
        told = json_of(client.get("/feeds/changes.json", query_string={"page": page}))["items"]

        assert [one.id for one in atom.entries] == [one["id"] for one in told]
        assert [one.title for one in atom.entries] == [one["title"] for one in told]
        assert [one.link for one in atom.entries] == [one["url"] for one in told]
        assert len(told) == LIMIT


def test_the_links_between_pages_lead_to_all_of_them(client: FlaskClient) -> None:
    def links(address: str) -> dict[str, str]:
        read = read_atom(client.get(address).data)
        return {one.rel: one.href for one in read.feed.links}

    first = links("/feeds/changes.atom?substance=kratom")
    second = links(first["next"])

    assert "previous" not in first
    assert second["previous"] == first["first"] == first["self"]
    last = links(second["last"])
    assert "next" not in last
    assert "page=2" in second["self"]
    assert "substance=kratom" in second["self"]


def test_json_feed_has_the_fields_that_version_1_1_wants(client: FlaskClient) -> None:
    response = client.get("/feeds/changes.json")
    feed = json_of(response)

    assert response.mimetype == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    for name in ("title", "home_page_url", "feed_url", "description", "language"):
        assert isinstance(feed[name], str)
        assert feed[name]
    assert all(isinstance(author["name"], str) for author in feed["authors"])
    for item in feed["items"]:
        for name in ("id", "url", "title", "content_html"):
            assert isinstance(item[name], str)
            assert item[name]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", item["date_published"])
        assert item["date_modified"] == item["date_published"]
        assert all(isinstance(tag, str) and tag for tag in item["tags"])


def test_every_link_of_an_entry_leads_somewhere(client: FlaskClient) -> None:
    for item in json_of(client.get("/feeds/changes.json?jurisdiction=US-FL"))["items"]:
        [change] = json_of(client.get(item["_regmap"]["about"]))["items"]

        assert change["jurisdiction"]["id"] == item["_regmap"]["jurisdiction"]["id"]
        assert change["effective"] == item["_regmap"]["effective"]
        assert client.get(item["url"].split("#")[0]).status_code == 200


def test_an_entry_says_what_changed_and_how_that_is_known(site: Site) -> None:
    rule = a_period(
        "regulated",
        "2025-07",
        min_age=21,
        summary="Sale from 21.",
        citation="Code 1-2",
        rules={"labeling": True},
        sources=(a_source("The act", "https://example.org/act?a=1&b=2", "The state"),),
    )
    old = a_period("regulated", None, "2025-07", min_age=18)
    site.tell(a_record("US-TN", old, rule, evidence_as_of="2025-02"))

    [entry] = site.atom().entries
    html = entry.content[0].value

    assert entry.title == "Law changed: Tennessee, kratom: regulated (from age 21), from 2025-07"
    assert entry.summary == "Sale from 21."
    for part in (
        "some time in July 2025",
        "regulated (from age 18) → regulated (from age 21)",
        "Minimum age: 18 → 21",
        "Labels are prescribed: not known → yes",
        "Direction: stricter",
        "Citation: Code 1-2",
        "Confidence: high",
        "Evidence as of: 2025-02",
        'href="https://example.org/act?a=1&amp;b=2"',
        "The state, statute",
        "not legal or medical advice",
    ):
        assert part in html, part
    terms = {one.term for one in entry.tags}
    assert {"law_changed", "US-TN", "kratom", "tightened", "announced"} <= terms


def test_ids_stay_and_dates_move_only_where_the_law_is_told_anew(site: Site) -> None:
    site.tell(_banned())
    [told] = site.atom().entries

    site.tell(_banned(summary="Another wording."), at=LATER)
    [worded] = site.atom().entries
    assert (worded.id, worded.updated, worded.published) == (told.id, told.updated, told.published)
    assert worded.updated == FIRST.isoformat()
    assert worded.summary == "Another wording."

    site.tell(_banned(schedule="Schedule I"), at=LATER)
    law, record = sorted(site.atom().entries, key=lambda one: str(one.id))
    assert law.id == told.id
    assert law.updated == record.updated == record.published == LATER.isoformat()
    assert law.published == told.published == FIRST.isoformat()
    assert record.title.startswith("Record corrected: Tennessee, kratom: prohibited, its details,")
    assert "record_corrected" in {one.term for one in record.tags}

    site.tell(_banned(schedule="Schedule I", summary="A third one."), at=LATER)
    assert {one.id for one in site.atom().entries} == {law.id, record.id}


def test_an_old_law_that_a_correction_tells_anew_is_no_fresh_news(site: Site) -> None:
    site.tell(_banned())
    site.tell(a_record("US-OH", a_period("prohibited", "2025-02-01")), at=LATER)
    site.tell(_banned(schedule="Schedule I"), at=LATER + timedelta(days=1))

    correction, other, law = site.json()["items"]

    assert correction["title"].startswith("Record corrected: Tennessee")
    assert other["title"] == "Law changed: Ohio, kratom: prohibited, from 2025-02-01"
    assert law["title"] == (
        "Law changed: Tennessee, kratom: prohibited, from 2025-01-10 (told anew)"
    )
    assert (law["date_published"], law["date_modified"]) == (
        "2025-03-01T12:00:00Z",
        "2025-09-02T12:00:00Z",
    )
    assert "The law of Tennessee changed on 2025-01-10." in law["content_html"]
    assert "Recorded here: 2025-03-01, told anew 2025-09-02" in law["content_html"]
    assert site.atom().feed.updated == "2025-09-02T12:00:00+00:00"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2025-02-28", "changed on 2025-02-28."),
        ("2025-03-01", "changed on 2025-03-01."),
        ("2025-03-02", "changes from 2025-03-02. It had not begun when it was first recorded."),
        ("2025-02", "changed in 2025-02 (some time in February 2025)."),
        ("2025-03", "changes from 2025-03 (some time in March 2025)."),
        ("2024", "changed in 2024 (some time in 2024)."),
        ("2025", "changes from 2025 (some time in 2025)."),
    ],
)
def test_days_that_had_come_are_told_in_the_past(site: Site, day: str, words: str) -> None:
    site.tell(a_record("US-TN", a_period("prohibited", day)))

    [item] = site.json()["items"]

    assert f"The law of Tennessee {words}<" in item["content_html"]


def test_a_correction_says_what_had_been_told_before(site: Site) -> None:
    site.tell(a_record("US-TN", "unregulated", evidence_as_of="2025-02-01"))
    wrong = a_record("US-TN", "prohibited", evidence_as_of="2025-02-01")
    site.tell(wrong, at=LATER, reason="The act was overlooked.")

    [entry] = site.json()["items"]

    assert entry["title"] == (
        "Record corrected: Tennessee, kratom: prohibited, not unregulated, at all times"
    )
    assert "The act was overlooked." in entry["content_html"]
    assert entry["_regmap"]["type"] == "record_corrected"
    assert entry["url"].endswith("/jurisdictions/US-TN#edits")
    [revision] = json_of(site.app.test_client().get(entry["_regmap"]["about"]))["items"]
    assert revision["reason"] == "The act was overlooked."


def test_ids_are_the_same_on_every_host_and_no_two_entries_share_one(client: FlaskClient) -> None:
    here = [one["id"] for one in _every_item(client)]
    there = client.get("/feeds/changes.json", base_url="https://law.example.org:8443/")

    assert len(here) == len(set(here)) > LIMIT
    assert [one["id"] for one in json_of(there)["items"]] == here[:LIMIT]
    assert all(re.fullmatch(r"tag:regmap,2026:(law|record)/[!-~]+", id) for id in here)
    told = json_of(there)
    assert told["feed_url"] == "https://law.example.org:8443/feeds/changes.json"
    assert told["items"][0]["url"].startswith("https://law.example.org:8443/jurisdictions/")


def test_entries_stand_by_when_they_were_recorded_and_then_by_effect(site: Site) -> None:
    site.tell(
        a_record("US-OH", a_period("prohibited", "2030"), evidence_as_of="2025-01-01"),
        a_record("US-AL", a_period("prohibited", "2016"), evidence_as_of="2025-01-01"),
    )
    site.tell(a_record("US-FL", a_period("regulated", "2012")), at=LATER)

    assert [one["_regmap"]["effective"] for one in site.json()["items"]] == ["2012", "2030", "2016"]


def test_a_feed_is_narrowed_to_a_jurisdiction_with_what_is_below_and_above(site: Site) -> None:
    site.tell(*(a_record(id, a_period("prohibited", "2025")) for id in ("US", "US-FL", "US-OH")))

    def told(**query: str) -> set[str]:
        return {one["_regmap"]["jurisdiction"]["id"] for one in site.json(**query)["items"]}

    assert told(jurisdiction="US-FL") == {"US", "US-FL"}
    assert told(jurisdiction="US") == {"US", "US-FL", "US-OH"}
    assert told(jurisdiction="TH") == set()
    assert told(substance="7-oh") == set()


@pytest.mark.parametrize("query", [{}, {"jurisdiction": "US-TN", "substance": "7-oh"}])
def test_a_feed_of_nothing_is_valid(
    make_site: Callable[[str], Site], query: dict[str, str]
) -> None:
    site = make_site("nothing")

    assert site.atom(**query).entries == []
    assert site.json(**query)["items"] == []
    assert site.events(**query) == []


def test_a_page_behind_the_last_is_valid_and_empty(client: FlaskClient) -> None:
    asked = {"page": "1000"}
    assert read_atom(client.get("/feeds/changes.atom", query_string=asked).data).entries == []
    assert json_of(client.get("/feeds/changes.json", query_string=asked))["items"] == []
