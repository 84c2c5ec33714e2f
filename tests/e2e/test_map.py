"""The map in a real browser: what it draws, and what stands in its address."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from regmap.domain.vocabulary import STATUSES, Status
from tests.e2e.conftest import Api, Visit

ON = "2026-11-22"
LOCAL = ("county", "tribal", "place")
MOST_REQUESTS = 15


def statuses(fills: dict[str, str]) -> dict[str, str]:
    """The statuses that fills stand for, whatever doubt is drawn over them."""
    by_fill = {
        "url(#hatch)" if entry.hatched else entry.fill: status.value
        for status, entry in STATUSES.items()
    } | {
        f"url(#doubt-{status.value}-{grade})": status.value
        for status in STATUSES
        for grade in (1, 2)
    }
    return {id: by_fill[fill] for id, fill in fills.items()}


def _upper(api: Api, **query: str) -> dict[str, str]:
    return {
        id: about["status"] for id, about in api.map(**query).items() if about["level"] not in LOCAL
    }


def _column(about: dict[str, Any]) -> str:
    if about["level"] in LOCAL:
        return "local"
    return "state" if "-" in about["id"] else "country"


def test_every_country_and_state_is_drawn_in_the_fill_of_its_status(visit: Visit, api: Api) -> None:
    visit.open_map()

    expected = {id: status for id, status in _upper(api, on=ON).items() if id in visit.fills()}
    assert statuses(visit.fills()) == expected
    assert len(expected) > 290
    assert visit.fills()["US-AL"] == STATUSES[Status.PROHIBITED].fill
    assert visit.fills()["CU"] == "url(#hatch)"


def test_doubt_is_drawn_as_density_of_lines(visit: Visit, api: Api) -> None:
    visit.open_map(f"/?on={ON}&level=county")

    for id, item in api.timeline()["items"].items():
        [now] = [one for one in item["segments"] if one["from"] is None or one["from"] <= ON][-1:]
        fill = visit.fills().get(id)
        if fill is None or now["status"] == "unknown":
            continue
        dense = f"url(#doubt-{now['status']}-{now['doubt']})"
        assert fill == (dense if now["doubt"] else STATUSES[Status(now["status"])].fill), id


def test_every_pattern_that_a_fill_names_is_there(visit: Visit) -> None:
    for address in (f"/?on={ON}&level=county", "/?on=2015-01-01", f"/?on={ON}&compare=2015-01-01"):
        visit.open_map(address)

        missing = visit.page.evaluate(
            """() => [...document.querySelectorAll('[fill^="url"]')]
              .map((node) => node.getAttribute('fill').slice(4, -1))
              .filter((name) => !document.querySelector(`pattern${name}`))"""
        )
        assert missing == [], address


def test_the_legend_counts_what_the_api_says(visit: Visit, api: Api) -> None:
    visit.open_map()

    expected = {status.value: {"country": 0, "state": 0, "local": 0} for status in STATUSES}
    listed = {**api.map(on=ON)}
    for id, item in api.timeline()["items"].items():  # the map counts what has no place on it too
        now = [one for one in item["segments"] if one["from"] is None or one["from"] <= ON][-1]
        if item["level"] not in LOCAL or now["own"]:
            expected[now["status"]][_column(item)] += 1
        if id in listed:
            assert listed[id]["status"] == now["status"]
    assert visit.legend() == expected


def test_counties_and_towns_come_when_they_are_asked_for(visit: Visit, api: Api) -> None:
    visit.open_map()
    assert not any("/shapes/counties" in url for url in visit.requested)
    assert "US-MS-columbus" not in visit.fills()

    with visit.page.expect_response("**/shapes/counties-*"):
        visit.choose("Show", "county")
    visit.page.wait_for_selector("path[data-id='US-MS-columbus']")

    local = {id: about for id, about in api.map(on=ON).items() if about["level"] in LOCAL}
    drawn = statuses({id: fill for id, fill in visit.fills().items() if id in local})
    assert drawn == {id: about["status"] for id, about in local.items()}
    assert visit.page.locator("path.mesh").count() > 0
    assert visit.query()["level"] == "county"


def test_counties_and_towns_come_when_the_map_is_zoomed_in(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}&view=33,-89,5.75")
    assert not any("/shapes/counties" in url for url in visit.requested)

    with visit.page.expect_response("**/shapes/counties-*"):
        visit.page.get_by_role("button", name="Zoom in").click()

    visit.page.wait_for_selector("path[data-id='US-MS-columbus']")


def test_countries_alone_hide_the_states(visit: Visit) -> None:
    visit.open_map()
    assert visit.page.locator("path[data-id='US-TX']").is_visible()
    assert not visit.page.locator("path[data-id='US']").is_visible()

    visit.choose("Show", "country")

    assert not visit.page.locator("path[data-id='US-TX']").is_visible()
    assert visit.page.locator("path[data-id='US']").is_visible()
    assert visit.legend()["prohibited"]["state"] == 0


def test_a_state_with_other_rules_below_it_has_a_dashed_edge(visit: Visit, api: Api) -> None:
    visit.open_map()

    items = api.timeline()["items"]
    now = {
        id: [one for one in item["segments"] if one["from"] is None or one["from"] <= ON][-1]
        for id, item in items.items()
    }
    expected = set()
    for id, item in items.items():
        if item["level"] not in LOCAL or not now[id]["own"]:
            continue
        above = item["parent"]
        while above:
            if above in items and now[above]["status"] != now[id]["status"]:
                expected.add(above)
            above = items[above]["parent"] if above in items else None
    dashed = visit.page.evaluate(
        "() => [...document.querySelectorAll('path.differs')].map((path) => path.dataset.id)"
    )
    assert {id for id in dashed if "-" in id} == {id for id in expected if id.count("-") == 1}
    assert "US-MS" in dashed
    style = visit.page.locator("path[data-id='US-MS']").evaluate(
        "path => getComputedStyle(path).strokeDasharray"
    )
    assert style != "none"


def test_another_substance_is_drawn_and_remembered_without_new_shapes(
    visit: Visit, api: Api
) -> None:
    visit.open_map()
    before = visit.fills()
    visit.requested.clear()

    visit.choose("Substance", "7-oh")

    expected = _upper(api, on=ON, substance="7-oh")
    shown = statuses(visit.fills())
    assert shown == {id: expected[id] for id in shown}
    assert visit.fills() != before
    assert visit.query() == {"substance": "7-oh", "on": ON}
    assert not any("/shapes/" in url for url in visit.requested)

    visit.requested.clear()
    visit.choose("Substance", "kratom")
    assert visit.fills() == before
    assert visit.data_requests == []  # what was once fetched is kept


def test_pending_bills_have_a_badge_with_a_name_from_today_on(visit: Visit, api: Api) -> None:
    visit.open_map("/?view=38,-95,4.5")
    with_bills = [
        item
        for item in api.timeline()["items"].values()
        if item["bills"] and item["level"] not in LOCAL and item["point"]
    ]
    badges = visit.page.get_by_role("img", name="pending bill")

    assert badges.count() == len(with_bills) > 0
    assert {"img"} == set(badges.evaluate_all("nodes => nodes.map((one) => one.role || 'img')"))

    visit.choose("Law on", "2019-03-01")
    assert badges.count() == 0


def test_the_page_is_light(visit: Visit) -> None:
    visit.open_map("/")

    assert len(visit.requested) <= MOST_REQUESTS
    assert len(visit.requested) == len(set(visit.requested))  # what is preloaded is used
    assert {urlsplit(url).netloc for url in visit.requested} == {urlsplit(visit.site).netloc}
    assert visit.complaints == []


# --- The address. -------------------------------------------------------------------------------


def test_the_address_brings_the_same_map_back(visit: Visit) -> None:
    visit.open_map("/")
    visit.choose("Law on", "2021-06-01")
    visit.choose("Compare with", "2019-01-01")
    visit.choose("Substance", "7-oh")
    visit.choose("Show", "state")
    visit.page.get_by_label("low", exact=True).uncheck()
    visit.choose("Evidence", "24")
    visit.open_popup("Ohio, United States")
    asked, fills = visit.query(), visit.fills()
    filtered = visit.page.locator("path.filtered").count()

    visit.open_map(f"/?{urlsplit(visit.page.url).query}")

    assert visit.query() == asked
    assert visit.fills() == fills
    assert visit.page.locator("path.filtered").count() == filtered > 0
    assert visit.popup("Ohio").is_visible()
    assert visit.page.get_by_label("Law on").input_value() == "2021-06-01"
    assert visit.page.get_by_label("Compare with").input_value() == "2019-01-01"
    assert set(asked) == {
        *("substance", "on", "compare", "level", "confidence", "evidence", "view", "focus")
    }


def test_today_is_left_out_of_the_address_so_that_it_goes_on_meaning_today(visit: Visit) -> None:
    visit.open_map("/")
    today = visit.page.get_by_label("Law on").input_value()

    visit.choose("Substance", "7-oh")
    visit.choose("Law on", "2015-06-01")
    visit.choose("Law on", today)

    assert visit.query() == {"substance": "7-oh"}


def test_the_language_stays_in_the_address_and_its_links_keep_the_map(visit: Visit) -> None:
    visit.open_map("/?lang=en&substance=7-oh")
    visit.choose("Law on", "2019-03-01")

    assert visit.query() == {"substance": "7-oh", "on": "2019-03-01", "lang": "en"}
    other = visit.page.get_by_role("link", name="Español").get_attribute("href") or ""
    assert "on=2019-03-01" in other
    assert "lang=es" in other
    table = visit.page.get_by_role("link", name="The same as a table").get_attribute("href") or ""
    assert table.startswith("/table?")
    assert "on=2019-03-01" in table
    assert "lang=en" in table


WRONG = {
    "substance=cocoa": "cocoa",
    "on=2023-02-30": "2023-02-30",
    "on=1066-10-14": "1066-10-14",
    "compare=soon": "soon",
    "level=galaxy": "galaxy",
    "status=prohibited,nonsense": "nonsense",
    "confidence=total": "total",
    "evidence=13": "13",
    "view=1,2": "1,2",
    "view=a,b,c": "a,b,c",
    "focus=%3Cimg%3E": "<img>",
    "focus=XX": "XX",
}


@pytest.mark.parametrize(("query", "named"), WRONG.items(), ids=WRONG)
def test_a_wrong_value_in_the_address_is_told_and_the_map_stays_usable(
    visit: Visit, query: str, named: str
) -> None:
    visit.open_map(f"/?{query}")

    message = visit.page.get_by_role("alert")
    assert named in message.inner_text()
    assert len(visit.fills()) > 290
    assert visit.complaints == []
    visit.page.get_by_role("button", name="Dismiss").click()
    assert not message.is_visible()
    visit.choose("Law on", "2019-03-01")
    assert visit.query()["on"] == "2019-03-01"


def test_a_language_that_there_is_not_is_refused(visit: Visit) -> None:
    answer = visit.page.goto(f"{visit.site}/?lang=xx")

    assert answer is not None
    assert answer.status == 422


def test_the_config_is_data_that_no_text_can_break_out_of(visit: Visit) -> None:
    visit.open_map()

    raw = visit.page.locator("#map-config").inner_html()
    assert not set("<>&\u2028\u2029") & set(raw)
    assert json.loads(raw)["statuses"][0]["code"] == "prohibited"
