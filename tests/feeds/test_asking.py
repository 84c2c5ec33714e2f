"""How feeds are asked: filters, conditions, methods, and input that cannot be used."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from flask.testing import FlaskClient

from tests.builders import a_period, a_record
from tests.feeds.conftest import FIRST, LATER, TODAY, Site
from tests.served import assert_problem

PATHS = ("changes.atom", "changes.json", "upcoming.ics")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("nonsense=1", 422, "nonsense"),
        ("lang=es", 422, "lang"),
        ("jurisdiction=XX", 404, "jurisdiction"),
        ("jurisdiction=", 404, "jurisdiction"),
        ("jurisdiction=us-fl", 404, "jurisdiction"),
        ("jurisdiction=%3Cscript%3E%0D%0AX: y", 404, "jurisdiction"),
        ("substance=tea", 422, "substance"),
        ("substance=", 422, "substance"),
        ("substance=kratom&substance=7-oh", 422, "substance"),
        ("known_at=yesterday", 422, "known_at"),
        ("known_at=2150-01-01", 422, "known_at"),
        ("page=0", 422, "page"),
        ("page=two", 422, "page"),
    ],
)
def test_what_cannot_be_used_is_named(
    client: FlaskClient, path: str, query: str, status: int, field: str
) -> None:
    assert_problem(client.get(f"/feeds/{path}?{query}"), status, field)


def test_the_calendar_has_no_pages(client: FlaskClient) -> None:
    assert_problem(client.get("/feeds/upcoming.ics?page=1"), 422, "page")


def test_other_feeds_and_methods_are_problems_too(client: FlaskClient) -> None:
    assert_problem(client.get("/feeds/changes.rss"), 404)
    assert_problem(client.post("/feeds/changes.atom"), 405)


@pytest.mark.parametrize("path", PATHS)
def test_whoever_has_a_feed_is_told_so(client: FlaskClient, path: str) -> None:
    first = client.get(f"/feeds/{path}")
    etag = first.headers["ETag"]

    again = client.get(f"/feeds/{path}", headers={"If-None-Match": etag})
    packed = client.get(f"/feeds/{path}", headers={"If-None-Match": f'{etag[:-1]}:gzip"'})
    other = client.get(f"/feeds/{path}", headers={"If-None-Match": '"something"'})

    assert not etag.startswith("W/")
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    assert packed.status_code == 304
    assert (other.status_code, other.data) == (200, first.data)


@pytest.mark.parametrize("path", PATHS)
def test_a_feed_is_open_to_other_sites_packed_and_answers_head(
    client: FlaskClient, path: str
) -> None:
    packed = client.get(f"/feeds/{path}", headers={"Accept-Encoding": "gzip"})
    head = client.head(f"/feeds/{path}")

    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Access-Control-Allow-Origin"] == "*"
    assert packed.headers["X-Content-Type-Options"] == "nosniff"
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == client.get(f"/feeds/{path}").headers["ETag"]


def _asked_since(site: Site, path: str, moment: datetime | str) -> int:
    since = moment if isinstance(moment, str) else f"{moment:%a, %d %b %Y %H:%M:%S GMT}"
    response = site.app.test_client().get(f"/feeds/{path}", headers={"If-Modified-Since": since})
    return response.status_code


@pytest.mark.parametrize("path", PATHS)
def test_who_has_only_a_date_is_asked_by_it(site: Site, path: str) -> None:
    site.tell(a_record("US-TN", a_period("prohibited", "2026-07-01")))
    modified = parsedate_to_datetime(site.get(path).headers["Last-Modified"])
    began = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)

    assert modified == (began if path.endswith("ics") else FIRST)
    assert _asked_since(site, path, modified) == 304
    assert _asked_since(site, path, modified + timedelta(days=1)) == 304
    assert _asked_since(site, path, modified - timedelta(seconds=1)) == 200
    assert _asked_since(site, path, "last week") == 200


def test_the_etag_counts_before_the_date(site: Site) -> None:
    site.tell(a_record("US-TN", a_period("prohibited", "2026-07-01")))
    asked = {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}

    assert site.app.test_client().get("/feeds/changes.atom", headers=asked).status_code == 200


def test_a_feed_that_a_revision_does_not_concern_stays_the_same(site: Site) -> None:
    site.tell(a_record("US-TN", a_period("prohibited", "2026-07-01")))
    before = {path: site.get(path, jurisdiction="US-TN").headers["ETag"] for path in PATHS}

    site.tell(a_record("US-OH", a_period("prohibited", "2026-07-01")), at=LATER)
    after = {path: site.get(path, jurisdiction="US-TN").headers["ETag"] for path in PATHS}

    assert after == before
    assert len(site.json()["items"]) == 2


def test_a_calendar_follows_the_day_and_the_changes_do_not(site: Site) -> None:
    site.tell(a_record("US-TN", a_period("prohibited", "2025-12-01")))
    before = {path: site.get(path).data for path in PATHS}

    site.day = TODAY + timedelta(days=365)
    after = {path: site.get(path).data for path in PATHS}

    assert after["changes.atom"] == before["changes.atom"]
    assert after["changes.json"] == before["changes.json"]
    assert after["upcoming.ics"] != before["upcoming.ics"]


def test_the_past_is_told_as_it_was_known(site: Site) -> None:
    site.tell(a_record("US-TN", a_period("prohibited", "2026-07-01")))
    site.tell(a_record("US-OH", a_period("prohibited", "2026-07-01")), at=LATER)

    [item] = site.json(known_at="2025-04-01")["items"]
    [event] = site.events(known_at="2025-04-01")

    assert item["_regmap"]["jurisdiction"]["id"] == "US-TN"
    assert event["uid"].startswith("law.US-TN.")
    assert site.json(known_at="2024-01-01")["items"] == []


def test_a_worker_that_nobody_asks_for_feeds_does_without_their_libraries() -> None:
    """They cost 7 MB."""
    script = (
        "import sys, regmap.app;"
        "sys.exit(' '.join({'lxml', 'feedgen', 'icalendar'} & set(sys.modules)) or 0)"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
