"""``datetime`` is tested against the law itself: a law of Cuba that came, went and came again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.store.revisions import Edit
from tests.ogc.conftest import ALL, ITEMS, ids_of, properties_of
from tests.served import (
    HOSTILE,
    copied_database,
    hostile_edits,
    json_of,
    make_app,
    record_edits,
    shared_folder,
)
from tests.web.conftest import Page

CUBA, IVORY_COAST = "CU", "CI"


def a_period(start: str, end: str | None, status: str) -> dict[str, Any]:
    source = {"title": "Gaceta", "url": "https://example.org/g", "kind": "statute"}
    return {
        "from": start,
        "to": end,
        "status": status,
        "possession": "allowed",
        "sale": "restricted",
        "sources": [source],
        "confidence": "high",
        "extent": "whole",
    }


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app whose Cuba had a law from 12 February to 17 March 2018, and has one since 2021."""
    database: Path = copied_database(tmp_path_factory, tmp_path_factory.mktemp("cuba"))
    periods = [
        a_period("2018-02-12", "2018-03-18", "sale_prohibited"),
        a_period("2021", None, "regulated"),
    ]
    record = {
        "jurisdiction": CUBA,
        "substance": "kratom",
        "periods": periods,
        "pending": [],
        "evidence_as_of": "2026",
        "note": None,
    }
    edits = [Edit((CUBA, "kratom"), record, "tests", "New law")]
    record_edits(database, [*edits, *hostile_edits(IVORY_COAST, "country", None)])
    return make_app(database, shared_folder(tmp_path_factory) / "cache")


@pytest.fixture
def client(told: Flask) -> FlaskClient:
    return told.test_client()


def cuba(client: FlaskClient, **query: str) -> dict[str, Any] | None:
    """Cuba's properties in an answer about the world, or None where it is not in it."""
    collection = json_of(
        client.get(ITEMS, query_string={"limit": ALL, "level": "country", **query})
    )
    return properties_of(collection).get(CUBA)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("2018-02-11", None),
        ("2018-02-11T23:59:59Z", None),
        ("2018-02-12", "sale_prohibited"),
        ("2018-02-12T00:00:00Z", "sale_prohibited"),
        ("2018-02-12T00:30:00+01:00", None),
        ("2018-03-17T23:59:59.999Z", "sale_prohibited"),
        ("2018-03-18", None),
        ("2018-03-17T23:30:00-01:00", None),
        ("2020-12-31", None),
        ("2021-01-01", "regulated"),
        ("../2018-02-11", None),
        ("../2018-02-12", "sale_prohibited"),
        ("/2018-02-12T00:00:00Z", "sale_prohibited"),
        ("../2018-12-31", "unknown"),
        ("2018-02-01/2018-02-12", "sale_prohibited"),
        ("2018-03-17/2018-03-18", "unknown"),
        ("2018-03-18/2020-12-31", None),
        ("2018-03-18T00:00:00Z/2020-12-31T23:59:59Z", None),
        ("2020-12-31/2021-01-01", "regulated"),
        ("2010-01-01/2017-01-01", None),
        ("2019-01-01/..", "regulated"),
        ("2150-01-01/", "regulated"),
    ],
)
def test_a_feature_is_selected_while_its_law_is_in_force(
    client: FlaskClient, text: str, status: str | None
) -> None:
    found = cuba(client, datetime=text)

    assert (found and found["status"]) == status


def test_an_interval_selects_what_any_of_its_days_selects(client: FlaskClient) -> None:
    def selected(text: str) -> set[str]:
        return set(
            ids_of(
                json_of(
                    client.get(
                        ITEMS,
                        query_string={"limit": ALL, "level": "country,state", "datetime": text},
                    )
                )
            )
        )

    for first in (date(2018, 2, 9), date(2018, 2, 10), date(2018, 3, 16), date(2018, 3, 18)):
        days = [first + timedelta(days=number) for number in range(3)]
        alone = [selected(day.isoformat()) for day in days]
        assert selected(f"{days[0]}/{days[-1]}") == set().union(*alone)


@pytest.mark.parametrize("substance", ["kratom", "7-oh"])
def test_the_stretch_that_is_shown_has_its_ends(client: FlaskClient, substance: str) -> None:
    found = cuba(client, datetime="2018-03-01", substance=substance)

    assert found is not None
    assert (found["since"], found["until"]) == ("2018-02-12", "2018-03-18")
    assert (found["next_change"], found["next_status"]) == ("2018-03-18", "unknown")


def test_a_day_shows_everybody_lawless_or_not(client: FlaskClient) -> None:
    found = cuba(client, on="2019-01-01")

    assert found is not None
    assert (found["status"], found["governed_by"]) == ("unknown", None)
    assert found["until"] == "2021"


def test_what_was_not_known_then_selects_nothing(client: FlaskClient) -> None:
    query = {"datetime": "2018-03-01", "known_at": "2020-01-01T00:00:00Z"}

    assert cuba(client, datetime="2018-03-01") is not None
    assert cuba(client, **query) is None


def test_the_moment_of_an_answer_is_that_of_its_state(client: FlaskClient) -> None:
    one, other = (json_of(client.get(ITEMS, query_string={"limit": n})) for n in ("1", "2"))

    assert one["timeStamp"] == other["timeStamp"]
    assert datetime.fromisoformat(one["timeStamp"]) <= datetime.now(UTC)


@pytest.mark.parametrize("path", [f"{ITEMS}/CI", f"{ITEMS}?bbox=-8,5,-4,9"])
def test_hostile_text_stays_text(client: FlaskClient, path: str) -> None:
    page = Page(client.get(path, headers={"Accept": "text/html"}).get_data(as_text=True))

    assert page.problems == []
    assert page.inline_scripts == []
    assert page.all("script") == []
    assert " ".join(HOSTILE.split()) in page.text
    as_data = json_of(client.get(f"{ITEMS}/CI?f=json"))
    assert as_data["properties"]["name"] == as_data["properties"]["summary"] == HOSTILE
