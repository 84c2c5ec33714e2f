"""A visitor finds something wrong: hands it in, looks at it, adds to it, withdraws it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from regmap.settings import ROOT
from tests.e2e.conftest import Visit, follow, watched
from tests.e2e.process import environment, serving
from tests.served import HOSTILE, LONG, RIGHT_TO_LEFT, copied_database, shared_folder

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
RUN = "() => axe.run(document, { resultTypes: ['violations'] })"
RAN = "() => document.querySelectorAll('main img[src=\"x\"], main script:not([type])').length"
SOURCE = "https://law.example.org/act"
WIDTHS = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on a database of its own."""
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("correcting"))
    with serving(environment(database, shared_folder(tmp_path_factory) / "cache")) as server:
        yield server.address


@pytest.fixture(params=["with scripts", "without scripts"])
def visitor(browser: Browser, writable: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A visitor with and without scripts."""
    scripts = request.param == "with scripts"
    context = browser.new_context(viewport=WIDTHS["wide"], java_script_enabled=scripts)  # type: ignore[arg-type]
    visit = watched(context, writable)
    yield visit
    assert visit.dialogs == []
    assert visit.complaints == []
    assert context.cookies() == []
    context.close()


@pytest.fixture(params=WIDTHS)
def reader(browser: Browser, writable: str, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A visitor with a wide window in light, and one with a narrow one in dark."""
    theme: Any = "light" if request.param == "wide" else "dark"
    context = browser.new_context(viewport=WIDTHS[request.param], color_scheme=theme)  # type: ignore[arg-type]
    yield watched(context, writable)
    context.close()


def hand_in(page: Page) -> None:
    follow(page.get_by_role("button", name="Hand in the correction"))


def ids_of_ledger(page: Page, site: str, jurisdiction: str) -> set[str]:
    page.goto(f"{site}/corrections?jurisdiction={jurisdiction}")
    links = page.locator(".ledger h2 a").all()
    return {str(link.get_attribute("href")) for link in links}


def assert_axe_is_content(page: Page) -> None:
    page.evaluate(AXE)
    found = page.evaluate(RUN)
    told = [(one["id"], [node["html"][:200] for node in one["nodes"][:3]])
            for one in found["violations"]]  # fmt: skip
    assert told == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_a_visitor_corrects_an_age_adds_to_it_and_withdraws_it(visitor: Visit) -> None:
    page = visitor.page
    visitor.read("/jurisdictions/US-VA")
    follow(page.get_by_role("link", name="Correct the record: Kratom"))

    assert page.get_by_label("Minimum age").input_value() == "21"
    page.get_by_label("Minimum age").fill("18")
    page.get_by_label("What is wrong, in your words").fill("The new act says 18.")
    page.get_by_label("Source 1: address").fill(SOURCE)
    page.get_by_label("Your e-mail address").fill("visitor@example.org")
    hand_in(page)

    assert page.get_by_role("heading", name="Keep this address").is_visible()
    own_address = page.url
    kept = page.get_by_role("link", name="secret=")
    assert own_address == kept.inner_text().replace("\n", "")
    assert page.locator(".proposal").get_by_text("18").is_visible()
    assert not page.get_by_text("visitor@example.org").is_visible()

    page.goto(own_address.split("?")[0])
    assert page.get_by_text("Waiting for a decision").is_visible()
    assert not page.get_by_text("The new act says 18.").is_visible()

    page.goto(own_address)
    page.get_by_label("What you want to add").fill("It is section 5.")
    follow(page.get_by_role("button", name="Add"))
    assert page.locator(".thread").get_by_text("It is section 5.").is_visible()

    follow(page.get_by_role("link", name="Withdraw this correction"))
    assert page.get_by_text("Nobody will decide it then").is_visible()
    follow(page.get_by_role("link", name="No, keep it"))
    assert page.get_by_role("button", name="Yes, withdraw it").count() == 0
    follow(page.get_by_role("link", name="Withdraw this correction"))
    follow(page.get_by_role("button", name="Yes, withdraw it"))
    assert page.get_by_role("heading", name="Withdrawn").is_visible()
    assert page.get_by_role("button", name="Add").count() == 0


def test_a_place_is_found_and_a_missing_rule_added(visitor: Visit) -> None:
    page = visitor.page
    visitor.read("/corrections")
    follow(page.get_by_role("link", name="Hand in a correction"))
    page.get_by_label("Country, state, county, town or ZIP code").fill("Suva, Fiji")
    follow(page.get_by_role("button", name="Find"))
    follow(page.get_by_role("link", name="Fiji", exact=True))

    page.get_by_label("Status").select_option("prohibited")
    page.get_by_label("From").fill("2019-05")
    page.get_by_label("Source 1: address").fill(SOURCE)
    hand_in(page)

    assert page.get_by_text("Period from May 2019: added").is_visible()


def test_what_is_wrong_is_said_first_and_typed_texts_stay(reader: Visit) -> None:
    page = reader.page
    reader.read("/corrections/new?jurisdiction=US-VA")
    page.get_by_label("Minimum age").fill("eighteen")
    page.get_by_label("What is wrong, in your words").fill("Line one\nLine two")
    page.get_by_label("Source 2: address").fill("javascript:alert(1)")
    hand_in(page)

    summary = page.locator(".error-summary")
    assert summary.evaluate("e => e === document.activeElement")
    assert summary.get_by_role("link").all_inner_texts() == ["Minimum age", "Source 2: address"]
    assert page.get_by_label("What is wrong, in your words").input_value() == "Line one\nLine two"
    assert_axe_is_content(page)
    summary.get_by_role("link", name="Minimum age").press("Enter")
    assert page.get_by_label("Minimum age").evaluate("e => e === document.activeElement")
    assert page.get_by_label("Minimum age").get_attribute("aria-describedby") == "error-min_age"

    page.keyboard.press("Control+a")
    page.keyboard.type("19")
    page.get_by_label("Source 2: address").fill(SOURCE)
    hand_in(page)
    assert page.get_by_text("Line two").is_visible()


def test_the_pages_of_a_correction_satisfy_axe(reader: Visit) -> None:
    page = reader.page
    reader.read("/corrections/new?jurisdiction=US-VA&period=none")
    page.get_by_label("What is wrong, in your words").fill("Please look at it again.")
    page.get_by_label("Source 1: address").fill(SOURCE)
    hand_in(page)
    own_address = page.url

    for address in (own_address, f"{own_address}&withdraw=1", own_address.split("?")[0]):
        page.goto(address, wait_until="networkidle")
        assert_axe_is_content(page)


def test_the_keyboard_goes_through_the_form_and_never_into_the_trap(reader: Visit) -> None:
    page = reader.page
    reader.read("/corrections/new?jurisdiction=US-VA")
    page.get_by_label("From").focus()
    reached = ["from"]
    while reached[-1] != "sent" and len(reached) < 80:
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate("""() => document.activeElement.name
            || (document.activeElement.type === 'submit' ? 'sent' : '')""")
        )

    named = [name for name in reached if name]
    assert named[:4] == ["from", "to", "status", "min_age"]
    assert named[-3:] == ["name", "email", "sent"]
    assert {"rules-kcpa", "summary", "message", "source-2-title"} <= set(named)
    assert "website" not in named


def test_a_double_click_makes_one_correction(reader: Visit) -> None:
    page = reader.page
    before = ids_of_ledger(page, reader.site, "TH")
    reader.read("/corrections/new?jurisdiction=TH&period=none")
    page.get_by_label("What is wrong, in your words").fill("Please look at it again.")
    page.get_by_label("Source 1: address").fill(SOURCE)

    page.get_by_role("button", name="Hand in the correction").dblclick()
    page.wait_for_url("**secret=*")
    page.reload()

    assert len(ids_of_ledger(page, reader.site, "TH") - before) == 1


@pytest.mark.parametrize("text", [HOSTILE, RIGHT_TO_LEFT, LONG.strip(), "W" * 2_000])
def test_strange_texts_are_shown_whole_and_run_nothing(reader: Visit, text: str) -> None:
    page = reader.page
    reader.read("/corrections/new?jurisdiction=GH")
    for label in ("Summary", "Citation", "Penalty", "What is wrong, in your words"):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_label("Source 1: address").fill("https://example.org/" + "x" * 500)
    page.get_by_label("Source 1: title").fill(text[:400])
    page.get_by_label("Minimum age").fill("no number")
    hand_in(page)
    assert page.get_by_label("Citation").input_value() == text
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_label("Minimum age").fill("")
    if page.get_by_label("Status").input_value() == "":
        page.get_by_label("Status").select_option("unknown")
    hand_in(page)

    shown = " ".join((page.locator("main").text_content() or "").split())
    assert shown.count(" ".join(text.split())) >= 4
    assert page.evaluate(RAN) == 0
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert reader.dialogs == []
