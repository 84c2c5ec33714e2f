"""The filters of the map: what does not match is drawn empty, and said to be left out."""

from __future__ import annotations

from typing import Any

import pytest

from regmap.domain.vocabulary import STATUSES
from tests.e2e.conftest import Api, Visit

ON = "2026-11-22"


def _now(api: Api) -> dict[str, dict[str, Any]]:
    """The segments in force, by id."""
    return {
        id: [one for one in item["segments"] if one["from"] is None or one["from"] <= ON][-1]
        for id, item in api.timeline()["items"].items()
    }


def _full(visit: Visit) -> set[str]:
    """The ids of what is drawn and not left out."""
    ids: list[str] = visit.page.evaluate(
        "() => [...document.querySelectorAll('path[data-id]:not(.filtered)')]"
        ".map((path) => path.dataset.id)"
    )
    return set(ids)


def test_the_boxes_of_the_legend_filter_by_status(visit: Visit, api: Api) -> None:
    visit.open_map(f"/?on={ON}")
    counts = visit.legend()

    for label in ("Unknown", "Unregulated", "Regulated"):
        visit.page.get_by_role("checkbox", name=label, exact=True).uncheck()

    now = _now(api)
    left = {"prohibited", "sale_prohibited", "controlled"}
    assert _full(visit) == {id for id in visit.fills() if now[id]["status"] in left}
    assert visit.query() == {"on": ON, "status": "prohibited,sale_prohibited,controlled"}
    assert visit.legend() == counts  # so that one sees what a box would bring back
    summary = visit.summary()
    assert "Filters: status Prohibited, Sale prohibited, Controlled." in summary
    assert "Unregulated" not in summary


def test_what_is_left_out_keeps_its_outline_and_its_name(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}&status=unknown&view=38,-96,4")

    texas = visit.page.locator("path[data-id='US-TX']")
    look = texas.evaluate(
        "path => [getComputedStyle(path).fill, getComputedStyle(path).stroke,"
        " getComputedStyle(path).display]"
    )
    visit.point_at(31.5, -100)

    assert look[0] not in {entry.fill for entry in STATUSES.values()}
    assert look[1] != "none"
    assert look[2] != "none"
    tooltip = visit.page.locator(".leaflet-tooltip")
    tooltip.wait_for()
    assert tooltip.inner_text() == "Texas: Regulated, from 18 years (left out by the filters)"


def test_confidence_filters_and_the_counts_follow(visit: Visit, api: Api) -> None:
    visit.open_map(f"/?on={ON}")

    visit.page.get_by_label("medium", exact=True).uncheck()
    visit.page.get_by_label("low", exact=True).uncheck()

    now = _now(api)
    assert _full(visit) == {id for id in visit.fills() if now[id]["confidence"] == "high"}
    assert visit.legend()["unknown"]["country"] == sum(
        1
        for id, one in now.items()
        if "-" not in id and one["status"] == "unknown" and one["confidence"] == "high"
    )
    assert visit.query() == {"on": ON, "confidence": "high"}


@pytest.mark.parametrize(
    ("evidence", "since"), [("6", "2026-05-23"), ("12", "2025-11-23"), ("24", "2024-11-23")]
)
def test_the_age_of_the_evidence_filters(visit: Visit, api: Api, evidence: str, since: str) -> None:
    visit.open_map(f"/?on={ON}")
    visit.page.evaluate("() => { window.seen = document.querySelectorAll('.filtered').length }")

    visit.choose("Evidence", evidence)

    verified = {id: one["verified"] for id, one in _now(api).items()}
    today = api.timeline()["today"]
    assert today >= "2026-11-23"
    full = {id: verified[id] for id in _full(visit)}
    assert all(full.values())
    left_out = set(visit.fills()) - set(full)
    if today == "2026-11-23":
        assert all((date + "-01-01")[:10] >= since for date in full.values())
    assert all(verified[id] is None or (verified[id] + "-01-01")[:10] < today for id in left_out)
    assert 0 < len(full) < len(visit.fills())


def test_evidence_without_a_date_can_be_asked_for(visit: Visit, api: Api) -> None:
    visit.open_map(f"/?on={ON}")

    visit.choose("Evidence", "unknown")

    now = _now(api)
    assert _full(visit) == {id for id in visit.fills() if now[id]["verified"] is None}
    assert "evidence date not known" in visit.summary()


def test_no_box_at_all_leaves_everything_out(visit: Visit) -> None:
    visit.open_map(f"/?on={ON}&status=none")

    assert _full(visit) == set()
    assert "status none" in visit.summary()
    visit.page.get_by_role("button", name="Clear filters").click()
    assert _full(visit) == set(visit.fills())
    assert visit.query() == {"on": ON}
    assert not visit.page.get_by_role("button", name="Clear filters").is_visible()


def test_the_table_is_offered_with_the_same_filters(visit: Visit) -> None:
    visit.open_map(
        f"/?substance=7-oh&on={ON}&level=state&status=prohibited,unknown&confidence=high&evidence=12"
    )

    visit.page.get_by_role("link", name="The same as a table").click()
    visit.page.wait_for_url("**/table?**")

    asked = visit.query()
    assert {
        name: asked[name] for name in ("substance", "on", "status", "confidence", "evidence")
    } == {
        "substance": "7-oh",
        "on": ON,
        "status": "prohibited,unknown",
        "confidence": "high",
        "evidence": "12",
    }
    assert set(asked["level"].split(",")) == {"country", "state", "territory", "district"}
    assert visit.page.locator("table").count() > 0  # and the table understands all of it
