"""``/feeds/upcoming.ics``: what takes effect and what ends, as calendars read it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient

from tests.builders import a_period, a_record
from tests.feeds.conftest import FIRST, LATER, TODAY, Site, read_calendar


def _coming(*periods: Any, id: str = "US-TN") -> Any:
    return a_record(id, *periods, evidence_as_of="2025-02-01")


def test_a_coming_change_is_a_whole_day_that_blocks_nobody(site: Site) -> None:
    site.tell(
        _coming(a_period("unregulated", None, "2026-07-01"), a_period("prohibited", "2026-07-01"))
    )

    [event] = site.events()

    assert event.decoded("dtstart") == date(2026, 7, 1)
    assert event.decoded("dtend") == date(2026, 7, 2)
    assert event["summary"] == "Law takes effect: Tennessee, kratom: prohibited"
    assert event["transp"] == "TRANSPARENT"
    assert event["status"] == "CONFIRMED"
    assert event["uid"] == "law.US-TN.kratom.2026-07-01@regmap"
    assert event["url"] == "http://localhost/jurisdictions/US-TN?on=2026-07-01#kratom"
    assert event.categories == ["Law takes effect", "kratom"]
    assert "https://example.org/act" in event["description"]
    assert "not legal or medical advice" in event["description"]


def test_dates_that_are_not_known_to_the_day_say_so(site: Site) -> None:
    site.tell(
        _coming(a_period("prohibited", "2027"), id="US-OH"),
        _coming(a_period("prohibited", "2026-08"), id="US-AL"),
    )

    month, year = site.events()

    assert month["summary"].endswith("prohibited (some time in August 2026)")
    assert year["summary"].endswith("prohibited (some time in 2027)")
    assert year.decoded("dtstart") == date(2027, 1, 1)
    assert year["status"] == month["status"] == "TENTATIVE"


def test_endings_have_words_and_categories_of_their_own(site: Site) -> None:
    emergency = a_period("prohibited", "2025-12-01", "2026-05-30", instrument="Emergency rule 1")
    site.tell(
        _coming(a_period("regulated", "2020", "2026-06-30"), id="US-AL"),
        _coming(emergency, id="US-FL"),
    )

    expiry, start, sunset = sorted(site.events(), key=lambda one: str(one["summary"]))

    assert expiry["summary"] == "Emergency rule expires: Florida, kratom: no rule of its own"
    assert expiry.categories[0] == "Emergency rule expires"
    assert "An emergency rule expires here" in expiry["description"]
    assert sunset["summary"] == "Rule ends: Alabama, kratom: no rule of its own"
    assert sunset.categories[0] == "Rule ends"
    assert start.decoded("dtstart") == date(2025, 12, 1)


def test_what_took_effect_stays_for_ninety_days(site: Site) -> None:
    site.tell(_coming(a_period("prohibited", "2026-01-15")))
    assert len(site.events()) == 1

    site.day = TODAY + timedelta(days=90)
    assert len(site.events()) == 1
    site.day = TODAY + timedelta(days=91)
    assert site.events() == []


def test_an_event_keeps_its_uid_and_counts_up_with_its_record(site: Site) -> None:
    site.tell(_coming(a_period("prohibited", "2026-07-01")))
    [first] = site.events()
    assert site.get("upcoming.ics").data == site.get("upcoming.ics").data
    assert first.decoded("dtstamp") == first.decoded("last-modified") == FIRST

    site.tell(_coming(a_period("prohibited", "2026-07-01", summary="Better.")), at=LATER)
    [then] = site.events()

    assert then["uid"] == first["uid"]
    assert then["sequence"] > first["sequence"]
    assert then.decoded("last-modified") == then.decoded("dtstamp") == LATER
    assert then.decoded("created") == FIRST

    site.tell(_coming(a_period("regulated", "2026-07-01")), at=LATER + timedelta(days=1))
    [last] = site.events()

    assert (last["uid"], last.decoded("created")) == (first["uid"], FIRST)
    assert last.decoded("last-modified") == LATER + timedelta(days=1)


def test_the_calendar_says_what_it_is_and_how_often_to_ask(client: FlaskClient) -> None:
    response = client.get("/feeds/upcoming.ics?jurisdiction=US-NY&substance=kratom")
    read = read_calendar(response.data)

    assert response.mimetype == "text/calendar"
    assert read["method"] == "PUBLISH"
    assert read["version"] == "2.0"
    assert read["name"] == "regmap: coming dates in the law on kratom: New York, Kratom"
    assert b"X-WR-CALNAME:regmap: coming dates in the law on kratom" in response.data
    assert b"REFRESH-INTERVAL;VALUE=DURATION:P1D\r\n" in response.data


def test_every_event_is_a_coming_change_of_the_api(client: FlaskClient) -> None:
    read = read_calendar(client.get("/feeds/upcoming.ics").data)
    since = str(client.application.extensions["regmap"].current().lookup.today() - timedelta(90))
    listed = client.get(f"/api/v1/changes?from={since}&page_size=200").get_json()["items"]

    expected = [f"law.{one['jurisdiction']['id']}.{one['substance']}" for one in listed]
    assert sorted(one["uid"].rsplit(".", 1)[0] for one in read.events) == sorted(expected)
