"""The table as a page without scripts, and as a file."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from regmap.domain.vocabulary import STATUSES
from regmap.services.table import Column
from regmap.web.paging import MAX_PAGE_SIZE
from tests.web.conftest import Page

ALL = f"page_size={MAX_PAGE_SIZE}"


def shown(client: FlaskClient, url: str) -> Page:
    response = client.get(url)
    assert response.status_code == 200, url
    return Page(response.get_data(as_text=True))


def listed(page: Page) -> list[str]:
    """The ids of the rows, in order."""
    links = (link.get("href") or "" for link in page.all("a"))
    found = (re.match(r"/jurisdictions/([^?]+)", link) for link in links)
    return [match[1] for match in found if match]


def lines(client: FlaskClient, url: str) -> list[dict[str, str]]:
    response = client.get(url)
    assert response.status_code == 200, url
    return list(csv.DictReader(io.StringIO(response.get_data(as_text=True), newline="")))


def headings(page: Page) -> list[dict[str, Any]]:
    return [one for one in page.all("th") if one.get("scope") == "col"]


def test_the_table_shows_a_hundred_rows_of_all_and_says_so(client: FlaskClient) -> None:
    page = shown(client, "/table")

    assert len(listed(page)) == 100
    total = len(lines(client, "/table.csv"))
    assert f"{total} of {total} jurisdictions, shown: 1 to 100" in page.text
    assert page.problems == []


def test_all_rows_fit_on_one_page_on_request(client: FlaskClient) -> None:
    ids = listed(shown(client, f"/table?{ALL}"))

    assert len(ids) == len(set(ids)) > 400
    assert {"TH", "US-RI", "US-PR", "US-MS-columbus"} <= set(ids)


def test_the_pages_together_are_the_whole_table(client: FlaskClient) -> None:
    together = [
        id for number in range(1, 6) for id in listed(shown(client, f"/table?page={number}"))
    ]

    assert together == listed(shown(client, f"/table?{ALL}"))


@pytest.mark.parametrize(
    ("query", "column", "values"),
    [
        ("status=prohibited,controlled", "status", {"prohibited", "controlled"}),
        ("level=state,district", "level", {"state", "district"}),
        ("confidence=low", "confidence", {"low"}),
        ("parent=US-MS", "parent", {"US-MS"}),
        ("evidence=unknown&confidence=high,medium,low", "verified", {""}),
    ],
)
def test_page_and_file_have_the_rows_of_the_filter(
    client: FlaskClient, query: str, column: str, values: set[str]
) -> None:
    found = lines(client, f"/table.csv?{query}")

    assert {line[column] for line in found} == values
    assert [line["id"] for line in found] == listed(shown(client, f"/table?{query}&{ALL}"))


def test_the_law_of_another_day_is_shown_and_linked(client: FlaskClient) -> None:
    then = {line["id"]: line["status"] for line in lines(client, "/table.csv?on=2010-01-01")}
    now = {line["id"]: line["status"] for line in lines(client, "/table.csv?on=2026-11-23")}
    page = shown(client, "/table?on=2010-01-01&q=alabama")

    assert (then["US-AL"], now["US-AL"]) == ("unregulated", "prohibited")
    assert "1 January 2010" in page.text
    assert any(link.get("href") == "/jurisdictions/US-AL?on=2010-01-01" for link in page.all("a"))


def test_the_other_substance_has_its_own_statuses(client: FlaskClient) -> None:
    found = {line["id"]: line for line in lines(client, "/table.csv?substance=7-oh")}

    assert {line["substance"] for line in found.values()} == {"7-oh"}
    assert found["US-OH"]["status"] != ""


@pytest.mark.parametrize("column", Column)
def test_every_heading_sorts_and_says_how(client: FlaskClient, column: Column) -> None:
    page = shown(client, f"/table?sort=-{column}")

    sorted_by = [one for one in headings(page) if one.get("aria-sort")]
    assert len(headings(page)) == len(Column)
    assert [one["aria-sort"] for one in sorted_by] == ["descending"]
    assert (
        listed(page) == [line["id"] for line in lines(client, f"/table.csv?sort=-{column}")][:100]
    )


def test_a_heading_turns_the_order_round_and_keeps_the_filters(client: FlaskClient) -> None:
    page = shown(client, "/table?sort=status&level=state")
    links = [
        parse_qs(urlsplit(link.get("href") or "").query)
        for link in page.all("a")
        if (link.get("href") or "").startswith("/table?")
    ]

    assert {"sort": ["-status"], "level": ["state"]} in links
    assert {"sort": ["-age"], "level": ["state"]} in links
    assert {"level": ["state"]} in links  # by name, the usual order


def test_status_is_said_in_words_and_marked(client: FlaskClient) -> None:
    page = shown(client, "/table?status=unknown")

    assert STATUSES["unknown"].label in page.text  # type: ignore[index]
    assert any(one.get("fill") == "url(#hatch)" for one in page.all("rect"))


def test_doubts_are_told(client: FlaskClient) -> None:
    page = shown(client, "/table?q=afghanistan")

    assert "Unknown never means lawful." in page.text


def test_the_form_shows_what_was_asked(client: FlaskClient) -> None:
    page = shown(client, "/table?status=prohibited&level=county&q=a&evidence=12&bill=1")

    boxes = {(one.get("name"), one.get("value")) for one in page.all("input") if "checked" in one}
    assert boxes == {("status", "prohibited"), ("level", "county"), ("bill", "1")}
    assert any(one.get("value") == "a" for one in page.all("input") if one.get("name") == "q")
    chosen = [one.get("value") for one in page.all("option") if "selected" in one]
    assert "12" in chosen


def test_the_address_of_a_sent_form_is_made_short(client: FlaskClient) -> None:
    response = client.get("/table?q=&status=prohibited&status=unknown&on=&level=")

    assert response.status_code == 302
    assert response.headers["Location"] == "/table?status=prohibited%2Cunknown"


def test_the_same_is_shown_on_the_map(client: FlaskClient) -> None:
    page = shown(client, "/table?substance=7-oh&on=2020-01-01&status=prohibited&confidence=low")
    links = [link.get("href") or "" for link in page.all("a")]

    [to_map] = [link for link in links if link.startswith("/?substance")]
    assert parse_qs(urlsplit(to_map).query) == {
        "substance": ["7-oh"],
        "on": ["2020-01-01"],
        "status": ["prohibited"],
        "confidence": ["low"],
    }


def test_nothing_found_is_said(client: FlaskClient) -> None:
    page = shown(client, "/table?q=zzzz")

    assert "No jurisdiction fits" in page.text
    assert listed(page) == []
    assert lines(client, "/table.csv?q=zzzz") == []


BAD = {
    "substance=tea": "substance",
    "on=2026-02-30": "on",
    "on=soon": "on",
    "level=city": "level",
    "status=legal": "status",
    "status=prohibited,legal": "status",
    "confidence=sure": "confidence",
    "evidence=7": "evidence",
    "evidence=6,12": "evidence",
    "sort=colour": "sort",
    "sort=--name": "sort",
    "bill=maybe": "bill",
    "page=0": "page",
    "page=999": "page",
    "page=-1": "page",
    "page=٣": "page",
    "page_size=1001": "page_size",
    "q=" + "x" * 101: "q",
}


@pytest.mark.parametrize(("query", "field"), BAD.items(), ids=[query[:30] for query in BAD])
def test_a_bad_value_is_named_and_the_form_stays(
    client: FlaskClient, query: str, field: str
) -> None:
    response = client.get(f"/table?{query}")
    page = Page(response.get_data(as_text=True))

    assert response.status_code == 422
    assert response.headers["Cache-Control"] == "no-store"
    assert any(f"{field}:" in text for text in [page.text]) or f"{field} :" in page.text
    assert any(one.get("name") == "status" for one in page.all("input"))
    assert listed(page) == []


@pytest.mark.parametrize("query", ["on=2026-02-30", "status=legal", "sort=colour"])
def test_a_file_is_not_made_of_bad_values(client: FlaskClient, query: str) -> None:
    response = client.get(f"/table.csv?{query}")

    assert response.status_code == 422
    assert query.split("=")[0] in response.get_data(as_text=True)


def test_an_unknown_parent_is_not_found(client: FlaskClient) -> None:
    assert client.get("/table?parent=XX").status_code == 404


def test_what_the_page_does_not_know_is_ignored(client: FlaskClient) -> None:
    assert client.get("/table?view=1,2,3&utm=x").status_code == 200


# --- The file. ----------------------------------------------------------------------------------


def test_the_file_says_what_it_is(client: FlaskClient) -> None:
    response = client.get("/table.csv?status=unknown&on=2020-01-01")

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert 'rel="license"' in response.headers["Link"]
    name = response.headers["Content-Disposition"]
    assert 'filename="regmap-table-substance-kratom-on-2020-01-01-status-unknown-' in name
    version = lines(client, "/table.csv?status=unknown")[0]["data_version"]
    assert name.endswith(f'{version}.csv"')


def test_the_file_is_kept_by_whoever_has_it(client: FlaskClient) -> None:
    etag = client.get("/table.csv").headers["ETag"]

    assert client.get("/table.csv", headers={"If-None-Match": etag}).status_code == 304


def test_the_file_has_the_same_columns_whatever_is_asked(client: FlaskClient) -> None:
    headers = {
        client.get(url).get_data(as_text=True).split("\r\n")[0]
        for url in ("/table.csv", "/table.csv?q=zzzz", "/table.csv?substance=7-oh&lang=es")
    }

    assert len(headers) == 1
    assert headers.pop().startswith("id,name,level,parent,status,")
