"""``/check`` in a real browser: my ZIP, what it was in 2019, why it is doubtful, and bad days."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Visit, watched

ANSWER = "/check?q=33.4957,-88.4273&on=2026-11-23"
PAGES = [
    "/check",
    ANSWER,
    "/check?zip=42223&substance=7-oh",
    "/check?q=36.64,-87.45",
    "/check?q=0,-30",
    "/check?jurisdiction=CI",
    "/check?q=US-RI&on=2019-06-01",
]
CHOICES_AND_ERRORS = ["/check?q=columbus", "/check?q=qwertzuiopasdf", "/check?q=-118.2,34.05"]


@pytest.fixture
def located(browser: Browser, site: str) -> Iterator[Visit]:
    """A page that is told where it is: in Birmingham, Alabama."""
    context = browser.new_context(
        geolocation={"latitude": 33.520661, "longitude": -86.80249}, permissions=["geolocation"]
    )
    yield watched(context, site)
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_asks_no_other_host_and_the_browser_has_no_complaint(
    visit: Visit, path: str
) -> None:
    visit.open(path)

    assert {urlsplit(url).netloc for url in visit.requested} == {urlsplit(visit.site).netloc}
    assert visit.complaints == []
    assert visit.dialogs == []


@pytest.mark.parametrize("path", [*PAGES, *CHOICES_AND_ERRORS])
def test_nothing_overflows_a_small_phone(narrow: Visit, path: str) -> None:
    narrow.open(path)

    assert narrow.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_somebody_looks_up_a_zip_code_by_keyboard_alone(visit: Visit) -> None:
    visit.open("/check")

    field = visit.page.get_by_label("ZIP code, town")
    field.focus()
    visit.page.keyboard.type("35203")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/check?q=35203**")

    heading = visit.page.get_by_role("heading", level=1).inner_text()
    assert "ZIP 35203 (Birmingham, Alabama)" in heading
    assert "Prohibited" in heading
    decided = visit.page.get_by_role("region", name="How this was decided")
    assert "decides" in decided.get_by_role("listitem").filter(has_text="Alabama").inner_text()


def test_what_was_it_in_2019(visit: Visit) -> None:
    visit.open("/check?q=Providence, RI")

    visit.page.get_by_label("The law here on").fill("2019-06-01")
    visit.page.get_by_role("button", name="Show").click()
    visit.page.wait_for_url("**on=2019-06-01**")

    heading = visit.page.get_by_role("heading", level=1).inner_text()
    assert "Providence" in heading
    assert "As the law stood on 1 June 2019" in heading
    assert "Prohibited" in heading
    visit.page.get_by_role("link", name="Back to today").click()
    visit.page.wait_for_url(lambda url: "on=" not in url)
    assert "Regulated" in visit.page.get_by_role("heading", level=1).inner_text()


def test_why_is_this_doubtful(visit: Visit) -> None:
    visit.open(ANSWER)

    assert visit.page.get_by_role("heading", name="It may be stricter here").is_visible()
    visit.page.get_by_role("link", name="reasons to doubt this").click()
    doubts = visit.page.get_by_role("region", name="Why this may be doubted")

    assert visit.page.url.endswith("#doubts")
    assert "Columbus" in doubts.inner_text()
    assert doubts.bounding_box() is not None


def test_a_name_that_fits_several_is_chosen_from_a_list(visit: Visit) -> None:
    visit.open("/check?q=springfield")

    visit.page.get_by_role("link", name="Springfield, Illinois").click()
    visit.page.wait_for_url("**Illinois**")

    assert "Springfield, Illinois" in visit.page.get_by_role("heading", level=1).inner_text()


def test_suggestions_come_while_one_types(visit: Visit) -> None:
    visit.open("/check")

    with visit.page.expect_response("**/api/v1/search**"):
        visit.page.get_by_label("ZIP code, town").press_sequentially("birming")
    visit.page.wait_for_function(
        "() => [...document.querySelectorAll('#suggestions option')]"
        ".some((option) => option.value === 'Birmingham, Alabama, United States')"
    )
    assert visit.complaints == []


def test_a_failing_search_leaves_the_form_as_it_is(visit: Visit) -> None:
    visit.open("/check")
    visit.page.route("**/api/v1/search**", lambda route: route.abort())

    visit.page.get_by_label("ZIP code, town").press_sequentially("35203")
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/check?q=35203**")

    assert "Prohibited" in visit.page.get_by_role("heading", level=1).inner_text()


def test_the_position_is_asked_for_on_a_click_alone_and_not_kept(located: Visit) -> None:
    located.open("/check")
    assert not any("33.5" in url for url in located.requested)

    located.page.get_by_role("button", name="Use my position").click()
    located.page.wait_for_url("**/check?q=33.5207**")

    assert "Jefferson County, Alabama" in located.page.get_by_role("heading", level=1).inner_text()
    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    assert located.page.evaluate(kept) == '[{},{},""]'


def test_a_position_that_is_refused_is_told(visit: Visit) -> None:
    visit.open("/check")

    visit.page.get_by_role("button", name="Use my position").click()
    message = visit.page.get_by_role("status")
    message.get_by_text("Type a ZIP code or a town instead").wait_for()

    assert visit.page.get_by_label("ZIP code, town").evaluate("e => e === document.activeElement")


def test_without_scripts_the_answer_is_the_same(visit: Visit, browser: Browser) -> None:
    visit.open(ANSWER)
    sections = [visit.page.locator(name).inner_text() for name in (".verdicts", ".check-columns")]
    bare = browser.new_context(java_script_enabled=False)
    page = bare.new_page()

    page.goto(f"{visit.site}/check")
    assert page.get_by_role("button", name="Use my position").count() == 0
    page.get_by_label("ZIP code, town").fill("33.4957,-88.4273")
    page.get_by_label("Day").fill("2026-11-23")
    page.get_by_role("button", name="Check").click()

    assert [page.locator(one).inner_text() for one in (".verdicts", ".check-columns")] == sections
    bare.close()


@pytest.mark.parametrize(
    "text",
    [
        "</script><script>alert(1)</script>",
        "${alert(1)}",
        '"><img src=x onerror=alert(1)>',
        "\u202e",
    ],
)
def test_hostile_text_runs_nothing_and_stays_in_the_field(visit: Visit, text: str) -> None:
    visit.open("/check")

    field = visit.page.get_by_label("ZIP code, town")
    field.fill(text)
    visit.page.get_by_role("button", name="Check").click()
    visit.page.wait_for_url("**/check?q=**")

    assert field.input_value() == text
    assert field.get_attribute("aria-invalid") == "true"
    assert "No place of that name is known" in visit.page.locator("#error-q").inner_text()
    assert visit.page.locator("main img").count() == 0
    assert visit.dialogs == []


def test_hostile_records_run_nothing(visit: Visit) -> None:
    visit.open("/check?jurisdiction=CI")

    assert "</script>" in visit.page.get_by_role("heading", level=1).inner_text()
    assert visit.page.locator("main img").count() == 0
    assert visit.dialogs == []
    assert visit.complaints == []
