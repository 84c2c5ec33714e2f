"""Time on the map: the slider over the changes of the law, plain dates, and two dates compared."""

from __future__ import annotations

import re

import pytest

from regmap.domain.vocabulary import STATUSES, Status
from tests.e2e.conftest import Api, Visit
from tests.e2e.test_map import statuses


def _shown(api: Api, day: str, visit: Visit) -> dict[str, str]:
    """What the API says of the day about everything that is drawn."""
    said = api.map(on=day)
    return {id: said[id]["status"] for id in visit.fills()}


def test_the_slider_steps_through_the_changes_of_the_law_and_asks_nobody(
    visit: Visit, api: Api
) -> None:
    visit.open_map("/")
    steps = [step for step in api.timeline()["steps"] if step < api.timeline()["today"]]
    slider = visit.page.get_by_role("slider")
    assert slider.get_attribute("aria-valuetext") is not None
    visit.requested.clear()

    slider.focus()
    for _ in range(3):
        visit.page.keyboard.press("ArrowLeft")

    assert visit.query() == {"on": steps[-3]}
    assert visit.data_requests == []
    assert statuses(visit.fills()) == _shown(api, steps[-3], visit)
    assert re.fullmatch(r"\d+ \w+ 20\d\d \(past\)", slider.get_attribute("aria-valuetext") or "")
    assert float(visit.page.evaluate("document.documentElement.dataset.stepMs")) > 0


def test_each_step_of_the_slider_is_a_day_on_which_something_changes_or_today(
    visit: Visit, api: Api
) -> None:
    visit.open_map("/")
    timeline = api.timeline()

    last = int(visit.page.get_by_role("slider").get_attribute("max") or "")

    assert last + 1 == len({*timeline["steps"], timeline["today"]})


def test_the_buttons_go_to_the_change_before_and_after_any_day(visit: Visit, api: Api) -> None:
    visit.open_map("/?on=2020-06-15")
    steps = api.timeline()["steps"]

    visit.page.get_by_role("button", name="Next change").click()
    assert visit.query()["on"] == min(step for step in steps if step > "2020-06-15")
    visit.page.get_by_role("button", name="Previous change").click()
    assert visit.query()["on"] == max(step for step in steps if step <= "2020-06-15")

    visit.page.get_by_role("button", name="Today").click()
    assert visit.query() == {}
    assert visit.page.locator("#day-kind").inner_text() == "today"


def test_before_the_first_change_nothing_lies_before(visit: Visit) -> None:
    visit.open_map("/?on=1800-01-01")

    assert visit.page.get_by_role("button", name="Previous change").is_disabled()
    assert visit.page.get_by_role("button", name="Next change").is_enabled()
    assert visit.page.locator("#day").inner_text() == "1 January 1800"


def test_what_is_announced_stands_in_the_future(visit: Visit, api: Api) -> None:
    visit.open_map("/?on=2199-12-31")

    assert visit.page.locator("#day-kind").inner_text() == "announced"
    assert statuses(visit.fills()) == _shown(api, "2199-12-31", visit)


@pytest.mark.parametrize("day", ["2015-06-01", "1950-01-01", "2024-02-29"])
def test_any_day_can_be_chosen_by_its_field(visit: Visit, api: Api, day: str) -> None:
    visit.open_map("/")
    visit.requested.clear()

    visit.choose("Law on", day)

    assert statuses(visit.fills()) == _shown(api, day, visit)
    assert visit.query() == {"on": day}
    assert visit.data_requests == []


def test_thailand_was_red_before_it_was_blue(visit: Visit) -> None:
    visit.open_map("/?on=2015-06-01")
    assert statuses(visit.fills())["TH"] == "prohibited"

    visit.choose("Law on", "2026-11-22")

    assert statuses(visit.fills())["TH"] == "regulated"


def test_an_impossible_day_is_told_at_its_field_and_the_map_stays(visit: Visit) -> None:
    visit.open_map("/")
    before = visit.fills()
    field = visit.page.get_by_label("Law on")

    field.fill("1066-10-14")
    visit.page.get_by_text("no day of the years 1800 to 2200").wait_for()

    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby")
    assert "1800" in visit.page.locator(f"#{described}").inner_text()
    assert visit.fills() == before
    assert visit.query() == {}
    visit.choose("Law on", "2019-03-01")
    assert field.get_attribute("aria-invalid") == "false"
    assert visit.page.get_by_text("no day of the years 1800 to 2200").count() == 0


def test_a_day_that_is_not_in_the_calendar_is_told(visit: Visit) -> None:
    visit.open_map("/")

    visit.page.get_by_label("Law on").focus()
    visit.page.keyboard.type("02302023")
    visit.page.keyboard.press("Enter")

    visit.page.get_by_text("no day of the years 1800 to 2200").wait_for()
    assert visit.page.get_by_label("Law on").get_attribute("aria-invalid") == "true"
    assert len(visit.fills()) > 290


def test_enter_in_a_date_field_stays_on_the_page(visit: Visit) -> None:
    visit.open_map("/")
    visit.page.evaluate("window.stayed = true")

    visit.page.get_by_label("Law on").press("Enter")
    visit.choose("Law on", "2019-03-01")

    assert visit.page.evaluate("window.stayed") is True


def test_the_summary_says_what_is_shown(visit: Visit) -> None:
    visit.open_map("/")
    visit.choose("Law on", "2019-03-01")

    summary = visit.summary()

    prohibited = visit.legend()["prohibited"]
    assert summary.startswith("Kratom on 1 March 2019.")
    assert f"U.S. states and territories: Prohibited {prohibited['state']}," in summary
    assert f"Countries and territories: Prohibited {prohibited['country']}," in summary
    assert visit.page.locator("#summary").get_attribute("role") == "status"


# --- Two dates. ---------------------------------------------------------------------------------

THEN, NOW = "2019-01-01", "2026-11-22"


def test_two_dates_compared_show_which_way_the_law_moved(visit: Visit, api: Api) -> None:
    visit.open_map(f"/?on={NOW}")
    visit.requested.clear()

    visit.choose("Compare with", THEN)

    said = api.map(on=NOW, compare=THEN)
    before = api.map(on=THEN)
    for id, fill in visit.fills().items():
        now = said[id]
        same = (before[id]["status"], before[id]["min_age"]) == (now["status"], now["min_age"])
        assert fill == f"url(#way-{'unchanged' if same else now['direction']})", id
    assert visit.fills()["US-TN"] == "url(#way-tightened)"
    assert visit.fills()["US-RI"] == "url(#way-loosened)"
    assert visit.data_requests == []
    assert visit.query() == {"on": NOW, "compare": THEN}


def test_the_legend_of_a_comparison_counts_directions(visit: Visit) -> None:
    visit.open_map(f"/?on={NOW}&compare={THEN}")

    legend = visit.legend()

    assert list(legend) == ["tightened", "loosened", "other", "unchanged"]
    drawn = [fill for id, fill in visit.fills().items() if "-" not in id]
    for code, counts in legend.items():
        assert counts["country"] == drawn.count(f"url(#way-{code})")
    assert "changes from 1 January 2019 to 22 November 2026" in visit.summary()


def test_a_comparison_ends_with_its_button(visit: Visit) -> None:
    visit.open_map(f"/?on={NOW}&compare={THEN}")

    visit.page.get_by_role("button", name="Stop comparing").click()
    visit.wait_until_drawn()

    assert visit.query() == {"on": NOW}
    assert visit.fills()["US-AL"] == STATUSES[Status.PROHIBITED].fill
    assert visit.page.get_by_label("Compare with").input_value() == ""
    focused = visit.page.evaluate("document.activeElement.id")
    assert focused == "compare"  # the button that had the focus is gone


def test_a_popup_tells_both_sides_of_a_comparison(visit: Visit) -> None:
    visit.open_map(f"/?on={NOW}&compare={THEN}")

    popup = visit.open_popup("Rhode Island, United States")

    assert "1 January 2019: Prohibited (loosened)" in popup.inner_text()
    assert "Regulated, from 21 years" in popup.inner_text()


def test_an_open_popup_follows_the_day(visit: Visit) -> None:
    visit.open_map(f"/?on={NOW}")
    popup = visit.open_popup("Rhode Island, United States")
    assert "Regulated" in popup.locator(".status").inner_text()

    visit.choose("Law on", THEN)

    assert visit.popup("Rhode Island").locator(".status").inner_text() == "Prohibited"
