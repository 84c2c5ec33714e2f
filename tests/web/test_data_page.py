"""The page of open data: every file is one link away."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from regmap.services.exports.columns import COLUMNS
from tests.web.conftest import Page


def exports(page: Page) -> list[str]:
    links = [str(one.get("href")) for one in page.all("a")]
    return [link for link in links if link.startswith("/api/v1/export/")]


def shown(client: FlaskClient, address: str, status: int = 200) -> Page:
    response = client.get(address)
    assert response.status_code == status
    return Page(response.get_data(as_text=True))


def test_every_table_is_there_in_every_format(client: FlaskClient) -> None:
    links = exports(shown(client, "/data"))

    assert len(links) == len(set(links)) == 20
    for link in links:  # only that it is understood: making all of them is for test_export.py
        assert client.get(link.replace("/gpkg", "/csv").replace("/parquet", "/jsonl"))


@pytest.mark.parametrize("form", ["csv", "jsonl", "geojson"])
def test_the_links_lead_to_what_was_chosen(client: FlaskClient, form: str) -> None:
    page = shown(client, "/data?on=2018-06-01&substance=7-oh")

    links = [link for link in exports(page) if f"/{form}" in link]

    tables = [parse_qs(urlsplit(link).query).get("table", ["statuses"])[0] for link in links]
    assert sorted(tables) == ["changes", "periods", "records", "statuses"]
    for link, table in zip(links, tables, strict=True):
        answer = client.get(link)
        assert answer.status_code == 200
        day = "-on-2018-06-01" if table != "records" else ""
        name = f"regmap-{table}{day}-substance-7-oh-"
        assert name in answer.headers["Content-Disposition"]


def test_full_shapes_are_asked_for_where_there_are_shapes(client: FlaskClient) -> None:
    links = exports(shown(client, "/data?geometry=full"))

    assert {urlsplit(link).path.rsplit("/", 1)[1] for link in links if "geometry=full" in link} == {
        "geojson",
        "gpkg",
        "parquet",
    }


def test_an_earlier_state_is_kept_in_every_link(client: FlaskClient) -> None:
    page = shown(client, "/data?known_at=2020-01-01")

    assert all("known_at=2020-01-01" in link for link in exports(page))
    assert "As the data set stood on" in page.text


def test_every_column_is_told(client: FlaskClient) -> None:
    text = shown(client, "/data").text

    for columns in COLUMNS.values():
        for column in columns:
            assert column.name in text
            assert column.meaning.split("`")[0].strip() in text


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/data?on=2026-02-30", "on"),
        ("/data?substance=tea", "substance"),
        ("/data?geometry=round", "geometry"),
        ("/data?known_at=2199-01-01", "known_at"),
    ],
)
def test_bad_input_is_named(client: FlaskClient, address: str, field: str) -> None:
    assert field in shown(client, address, 422).text


def test_the_form_leads_to_a_short_address(client: FlaskClient) -> None:
    response = client.get("/data?on=&substance=7-oh&geometry=simple&known_at=")

    assert response.status_code == 302
    assert response.headers["Location"] == "/data?substance=7-oh"


def test_the_citation_names_the_version(client: FlaskClient) -> None:
    page = shown(client, "/data")
    version = client.get("/api/v1/status?zip=39701").get_json()["data_version"]

    assert f"regmap: the law on kratom, by place and date (data version {version}, " in page.text
    assert [one for one in page.all("a") if one.get("class") == "lasting"]
