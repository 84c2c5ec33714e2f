"""The records to check again, for curators alone."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.http.context import source_of, today
from regmap.services.recheck import Recheck
from tests.web.conftest import Page
from tests.web.reviewing import ADA, desk_app, page_of, signed_in


@pytest.fixture(scope="module")
def ada(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return signed_in(desk_app(tmp_path_factory, "recheck"), ADA)


def links_of(page: Page, to: str) -> list[str]:
    return [href for one in page.all("a") if (href := one.get("href") or "").startswith(to)]


def test_the_most_worthwhile_stand_first(ada: FlaskClient) -> None:
    queue = Recheck(source_of(ada.application).current(), {}).listed(today())

    page = page_of(ada.get("/review/recheck"))

    shown = links_of(page, "/jurisdictions/")
    assert shown == [f"/jurisdictions/{one.jurisdiction.id}" for one in queue[:50]]
    assert f"{len(queue)} records" in page.text


def test_each_record_tells_why_and_leads_to_the_form(ada: FlaskClient) -> None:
    queue = Recheck(source_of(ada.application).current(), {}).listed(today())
    first = next(one for one in queue if one.reasons)

    page = page_of(ada.get("/review/recheck?page_size=1000"))

    assert all(str(reason) in page.text for reason in first.reasons)
    assert (
        f"/corrections/new?jurisdiction={first.jurisdiction.id}&substance={first.substance}"
        in links_of(page, "/corrections/new")
    )


def test_the_list_can_be_narrowed_to_a_state_and_a_substance(ada: FlaskClient) -> None:
    page = page_of(ada.get("/review/recheck?within=US-MS&substance=kratom&page_size=1000"))

    shown = links_of(page, "/jurisdictions/")
    assert "/jurisdictions/US-MS" in shown
    assert "/jurisdictions/US-MS-columbus" in shown
    assert all(one.startswith("/jurisdictions/US-MS") for one in shown)
    assert "7-OH" not in page.text.split("records")[-1].split("Information about law")[0]


@pytest.mark.parametrize("query", ["within=XX", "substance=tea", "page=0", "page_size=many"])
def test_what_cannot_be_used_is_named(ada: FlaskClient, query: str) -> None:
    page = page_of(ada.get(f"/review/recheck?{query}"), 422)

    assert query.split("=")[0] in page.text


def test_a_list_without_anything_says_so(ada: FlaskClient) -> None:
    page = page_of(ada.get("/review/recheck?within=US-MS-columbus&substance=7-oh"))

    assert "No record passes these filters." in page.text


def test_a_curators_page_keeps_the_language(ada: FlaskClient, app: Flask) -> None:
    page = page_of(ada.get("/review/recheck?lang=es"))

    assert "/review?lang=es" in links_of(page, "/review")
