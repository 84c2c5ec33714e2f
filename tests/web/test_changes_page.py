"""What changed and what comes, as a page and as a file."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from regmap.domain.vocabulary import STATUSES
from regmap.http.context import today
from regmap.services.table import months_before
from tests.served import json_of
from tests.web.conftest import Page

YEAR = "from=2025-01-01&to=2026-01-01"


def shown(client: FlaskClient, url: str) -> Page:
    response = client.get(url)
    assert response.status_code == 200, url
    return Page(response.get_data(as_text=True))


def lines(client: FlaskClient, query: str) -> list[dict[str, str]]:
    response = client.get(f"/changes.csv?{query}")
    assert response.status_code == 200, query
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))


def from_api(client: FlaskClient, query: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json_of(client.get(f"/api/v1/changes?page_size=200&{query}"))[
        "items"
    ]
    return items


@pytest.mark.parametrize("query", [YEAR, f"{YEAR}&substance=7-oh", f"{YEAR}&level=state,county",
                                   f"{YEAR}&jurisdiction=US-LA"])  # fmt: skip
def test_the_file_has_the_changes_of_the_api_the_newest_first(
    client: FlaskClient, query: str
) -> None:
    found = [(line["effective"], line["jurisdiction"], line["direction"])
             for line in lines(client, query)]  # fmt: skip

    expected = [
        (one["effective"], one["jurisdiction"]["id"], one["direction"])
        for one in from_api(client, query)
    ]
    assert sorted(found) == sorted(expected)
    assert [day[:4] for day, _, _ in found] == sorted(
        (day[:4] for day, _, _ in found), reverse=True
    )
    assert found


def test_the_page_shows_every_change_of_the_stretch_of_time(client: FlaskClient) -> None:
    page = shown(client, f"/changes?{YEAR}&page_size=1000")

    found = lines(client, YEAR)
    assert f"{len(found)} changes from 1 January 2025 to before 1 January 2026" in page.text
    links = [link.get("href") or "" for link in page.all("a")]
    for line in found:
        assert f"/jurisdictions/{line['jurisdiction']}" in links


def test_without_dates_the_last_twelve_months_are_shown(client: FlaskClient) -> None:
    start, end = months_before(today(), 12), today() + timedelta(days=1)

    assert lines(client, "") == lines(client, f"from={start}&to={end}")


def test_with_an_end_alone_the_twelve_months_before_it_are_shown(client: FlaskClient) -> None:
    assert lines(client, "to=2020-01-01") == lines(client, "from=2019-01-01&to=2020-01-01")


def test_the_first_day_is_in_and_the_last_is_out(client: FlaskClient) -> None:
    days = [line["effective"] for line in lines(client, "from=2016-05-10&to=2016-05-11")]

    assert days == ["2016-05-10"]
    assert lines(client, "from=2016-05-09&to=2016-05-10") == []
    assert lines(client, "from=2016-05-10&to=2016-05-10") == []


def test_each_month_is_a_heading_once_and_a_year_without_month_comes_last(
    client: FlaskClient,
) -> None:
    html = client.get("/changes?from=2018-01-01&to=2026-01-01&page_size=1000").get_data(
        as_text=True
    )
    months = re.findall(r'<section class="month">\s*<h3>([^<]*)</h3>', html)

    assert len(months) == len(set(months)) > 20
    assert months.index("January 2025") + 1 == months.index("2025, month not known")


def test_a_date_is_no_more_precise_than_it_is_known(client: FlaskClient) -> None:
    page = shown(client, "/changes?from=2019-01-01&to=2019-01-02&jurisdiction=TW")

    assert "2019, month not known" in page.text
    assert "1 January 2019" not in page.text.split("What changed")[-1].split("Download as CSV")[1]


@pytest.mark.parametrize("direction", ["tightened", "loosened", "other"])
def test_a_direction_can_be_chosen_and_is_said_in_words(
    client: FlaskClient, direction: str
) -> None:
    everything = lines(client, "from=1900-01-01")
    found = lines(client, f"from=1900-01-01&direction={direction}")

    assert found == [line for line in everything if line["direction"] == direction]
    assert found


def test_directions_are_counted(client: FlaskClient) -> None:
    page = shown(client, f"/changes?{YEAR}")

    tightened = sum(line["direction"] == "tightened" for line in lines(client, YEAR))
    assert f"▲ tightened {tightened}" in page.text


def test_rules_without_a_first_day_are_no_changes(client: FlaskClient) -> None:
    everything = lines(client, "from=1800-01-01&to=2200-01-01")

    assert all(re.fullmatch(r"\d{4}(-\d\d){0,2}", line["effective"]) for line in everything)
    assert not any(line["jurisdiction"] == "AF" for line in everything)


# --- What comes. --------------------------------------------------------------------------------


def test_what_comes_is_shown_whatever_the_dates(client: FlaskClient) -> None:
    coming = from_api(client, f"from={today() + timedelta(days=1)}")
    for query in ("", f"?{YEAR}"):
        text = shown(client, f"/changes{query}").text
        above = text.split("What is coming")[2]  # the first is a link to it
        for one in coming:
            assert one["jurisdiction"]["name"] in above
    assert coming or "No change is announced." in text


def test_what_comes_elsewhere_is_counted_where_filters_hide_it(client: FlaskClient) -> None:
    coming = from_api(client, f"from={today() + timedelta(days=1)}")
    text = shown(client, "/changes?jurisdiction=TH").text

    assert ("not pass the filters" in text) == bool(coming)


# --- The charts. --------------------------------------------------------------------------------


def test_the_charts_say_how_many_stand_where_today(client: FlaskClient) -> None:
    page = shown(client, "/changes")
    items = json_of(
        client.get("/api/v1/jurisdictions?level=state,district&parent=US&page_size=200")
    )

    counts: dict[str, int] = {}
    for item in items["items"]:
        [status] = [one["status"] for one in item["statuses"] if one["substance"] == "kratom"]
        counts[status] = counts.get(status, 0) + 1
    for status, count in counts.items():
        assert f"{STATUSES[status].label} {count}" in page.text  # type: ignore[index]


def test_charts_use_the_fills_of_the_vocabulary_and_hatch_what_is_unknown(
    client: FlaskClient,
) -> None:
    page = shown(client, "/changes")

    fills = {one["fill"] for one in page.all("path") if one.get("class") == "band"}
    assert fills <= {"url(#hatch)", *(entry.fill for entry in STATUSES.values())}
    assert "url(#hatch)" in fills
    assert len([one for one in page.all("svg") if one.get("role") == "img"]) == 4  # two widths


def test_the_numbers_of_a_chart_are_a_table_too(client: FlaskClient) -> None:
    page = shown(client, "/changes?substance=7-oh")

    assert "The numbers as a table" in page.text
    assert len(page.all("tr")) > 30


# --- Ways on, and wrong ways. -------------------------------------------------------------------


def test_the_two_dates_are_compared_on_the_map(client: FlaskClient) -> None:
    page = shown(client, f"/changes?{YEAR}&substance=7-oh")

    [found] = [link.get("href") for link in page.all("a") if "compare=" in (link.get("href") or "")]
    assert parse_qs(urlsplit(found or "").query) == {
        "compare": ["2025-01-01"],
        "on": ["2026-01-01"],
        "substance": ["7-oh"],
    }


BAD = {
    "from=2025-13-01": "from",
    "to=tomorrow": "to",
    "from=2026-01-01&to=2025-01-01": "to",
    "from=2150-01-01": "from",
    "substance=tea": "substance",
    "level=city": "level",
    "direction=up": "direction",
    "page=99": "page",
}


@pytest.mark.parametrize(("query", "field"), BAD.items(), ids=BAD)
def test_a_bad_value_is_named_and_the_form_stays(
    client: FlaskClient, query: str, field: str
) -> None:
    response = client.get(f"/changes?{query}")
    page = Page(response.get_data(as_text=True))

    assert response.status_code == 422
    assert page.problems == []
    assert f"{field} :" in page.text or f"{field}:" in page.text
    assert any(one.get("name") == "from" for one in page.all("input"))
    if field != "page":
        assert client.get(f"/changes.csv?{query}").status_code == 422


def test_an_unknown_jurisdiction_is_not_found(client: FlaskClient) -> None:
    assert client.get("/changes?jurisdiction=XX").status_code == 404


def test_the_file_says_what_it_is(client: FlaskClient) -> None:
    response = client.get(f"/changes.csv?{YEAR}&level=state")

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert (
        'filename="regmap-changes-from-2025-01-01-to-2026-01-01-level-state-'
        in response.headers["Content-Disposition"]
    )
