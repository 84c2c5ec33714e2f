"""A curator at work in a browser: the queue, the effect, editing, deciding, a clash."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from regmap.domain.corrections import Correction, State
from regmap.http.context import desk_of
from regmap.settings import ROOT
from tests.e2e.conftest import Visit, follow, watched
from tests.e2e.process import environment, serving
from tests.served import HOSTILE, LONG, RIGHT_TO_LEFT, copied_database, shared_folder
from tests.web.reviewing import ADA, BOB, PASSWORD, app_with_curators, changed, record_of, submit

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
RUN = "() => axe.run(document, { resultTypes: ['violations'] })"
RAN = "() => document.querySelectorAll('main img[src=\"x\"], main script:not([type])').length"
WIDTHS = {"wide": {"width": 1280, "height": 900}, "narrow": {"width": 360, "height": 740}}
ANSWERS = ("Failed to load resource: the server responded with a status of 4",)
"""What Chromium writes where a page answers with 412 or 422: no complaint about the page."""


@dataclass(frozen=True)
class Desk:
    """A server, and an app on the same database to hand corrections in with."""

    site: str
    app: Flask

    def state(self, correction: Correction) -> State:
        return desk_of(self.app).corrections.one(correction.id).state

    def age(self, jurisdiction: str) -> int | None:
        age: int | None = record_of(self.app, jurisdiction)["periods"][-1]["min_age"]
        return age

    def raised(self, jurisdiction: str, age: int = 25, **others: Any) -> Correction:
        """A correction that proposes another age limit."""
        proposed = changed(record_of(self.app, jurisdiction), min_age=age)
        return submit(self.app, jurisdiction, proposed, **others)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("reviewing"))
    cache = shared_folder(tmp_path_factory) / "cache"
    app = app_with_curators(database, cache)
    with serving(environment(database, cache)) as server:
        yield Desk(server.address, app)


def signed_in(visit: Visit, name: str) -> Visit:
    visit.read("/sign-in")
    visit.page.get_by_label("Name").fill(name)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign in").click()
    visit.page.wait_for_url("**/review")
    return visit


@pytest.fixture(params=["with scripts", "without scripts"])
def curator(browser: Browser, desk: Desk, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A reviewer with and without scripts."""
    scripts = request.param == "with scripts"
    context = browser.new_context(viewport=WIDTHS["wide"], java_script_enabled=scripts)  # type: ignore[arg-type]
    visit = signed_in(watched(context, desk.site), BOB)
    yield visit
    assert_undisturbed(visit)
    context.close()


@pytest.fixture(params=WIDTHS)
def admin(browser: Browser, desk: Desk, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """An admin with a wide window in light, and one with a narrow one in dark."""
    theme: Any = "light" if request.param == "wide" else "dark"
    context = browser.new_context(viewport=WIDTHS[request.param], color_scheme=theme)  # type: ignore[arg-type]
    visit = signed_in(watched(context, desk.site), ADA)
    yield visit
    assert_undisturbed(visit)
    context.close()


def assert_undisturbed(visit: Visit) -> None:
    assert visit.dialogs == []
    assert [one for one in visit.complaints if not one.startswith(ANSWERS)] == []


def assert_axe_is_content(page: Page) -> None:
    page.evaluate(AXE)
    found = page.evaluate(RUN)
    told = [(one["id"], [node["html"][:200] for node in one["nodes"][:3]])
            for one in found["violations"]]  # fmt: skip
    assert told == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def press(page: Page, name: str) -> None:
    follow(page.get_by_role("button", name=name, exact=True))


def open_editor(page: Page) -> None:
    page.get_by_text("Edit before accepting").click()


def test_a_curator_sees_the_effect_edits_and_accepts(curator: Visit, desk: Desk) -> None:
    before = desk.age("US-GA")
    edited = 31 if before == 30 else 30
    correction, page = desk.raised("US-GA"), curator.page
    curator.read("/review")
    follow(page.locator(f"a[href='/review/{correction.id}']"))
    effect = page.get_by_role("region", name="What accepting does")
    assert "Regulated, from 25 years" in effect.inner_text()

    open_editor(page)
    page.get_by_label("Minimum age").last.fill(str(edited))
    press(page, "Show the effect")
    assert f"Regulated, from {edited} years" in effect.inner_text()
    assert desk.age("US-GA") == before

    page.get_by_label("Reason or question").fill("The act says so in section 2.")
    press(page, "Accept and write")
    page.wait_for_url("**?done=accept")

    assert "The record says so now" in page.get_by_role("status").inner_text()
    assert desk.age("US-GA") == edited
    follow(page.get_by_role("link", name="Its history", exact=True))
    assert "The act says so in section 2." in page.locator("main").inner_text()


def test_enter_in_a_field_shows_the_effect_and_decides_nothing(curator: Visit, desk: Desk) -> None:
    correction, page = desk.raised("US-FL"), curator.page
    curator.read(f"/review/{correction.id}")
    page.get_by_label("Reason or question").fill("Not yet.")
    open_editor(page)

    page.get_by_label("Minimum age").last.fill("28")
    with page.expect_navigation():
        page.get_by_label("Minimum age").last.press("Enter")

    assert "Nothing was written yet." in page.get_by_role("status").inner_text()
    assert page.get_by_label("Reason or question").input_value() == "Not yet."
    assert desk.state(correction) is State.PENDING


def test_what_is_wrong_is_said_first_and_leads_to_its_field(curator: Visit, desk: Desk) -> None:
    correction, page = desk.raised("US-FL"), curator.page
    curator.read(f"/review/{correction.id}")
    open_editor(page)
    page.get_by_label("Minimum age").last.fill("old")
    page.get_by_label("Reason or question").fill("Seen.")
    press(page, "Accept and write")

    alert = page.get_by_role("alert")
    assert "Not a whole number." in alert.inner_text()
    alert.get_by_role("link", name="Minimum age").click()

    field = page.get_by_label("Minimum age").last
    assert page.evaluate("location.hash")[1:] == field.get_attribute("id")
    assert field.get_attribute("aria-invalid") == "true"
    assert desk.state(correction) is State.PENDING


def test_edits_survive_a_record_that_moved_on(curator: Visit, desk: Desk, browser: Browser) -> None:
    edited = 31 if desk.age("US-UT") == 29 else 29
    correction, page = desk.raised("US-UT"), curator.page
    curator.read(f"/review/{correction.id}")
    open_editor(page)
    page.get_by_label("Minimum age").last.fill(str(edited))
    page.get_by_label("Reason or question").fill("The act says so.")

    penalty = f"A fine, as correction {correction.id} has it."
    other = submit(desk.app, "US-UT", changed(record_of(desk.app, "US-UT"), penalty=penalty))
    context = browser.new_context()
    second = signed_in(watched(context, desk.site), ADA)
    second.read(f"/review/{other.id}")
    second.page.get_by_label("Reason or question").fill("It does.")
    press(second.page, "Accept and write")
    second.page.wait_for_url("**?done=accept")
    context.close()

    press(page, "Accept and write")
    assert "Nothing was written." in page.get_by_role("alert").inner_text()
    assert correction.id in page.get_by_role("region", name="Both versions").inner_text()
    assert page.get_by_label("Reason or question").input_value() == "The act says so."
    press(page, "Accept and write")
    page.wait_for_url("**?done=accept")

    written = record_of(desk.app, "US-UT")["periods"][-1]
    assert (written["min_age"], written["penalty"]) == (edited, penalty)


def test_axe_finds_nothing_on_any_page_of_a_decision(admin: Visit, desk: Desk) -> None:
    page = admin.page
    is_wide = page.viewport_size is not None and page.viewport_size["width"] > 400
    correction = desk.raised("US-TN" if is_wide else "US-AZ", submitter={"name": "Jane"})
    address = f"/review/{correction.id}"
    admin.read("/review")
    assert_axe_is_content(page)
    admin.read("/review/recheck")
    assert_axe_is_content(page)

    admin.read(address)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert_axe_is_content(page)

    press(page, "Edit as text")
    assert_axe_is_content(page)
    page.locator("textarea.code").fill("periods: [")
    press(page, "Show the effect")
    assert_axe_is_content(page)

    admin.read(address)
    page.get_by_label("Reason or question").fill("Seen.")
    press(page, "Accept and write")
    page.wait_for_url("**?done=accept")
    assert_axe_is_content(page)


def test_a_long_effect_stays_on_the_page(admin: Visit, desk: Desk) -> None:
    no = "prohibited"
    banned = changed(record_of(desk.app, "US"), status=no, possession=no, sale=no)
    correction = submit(desk.app, "US", banned)

    admin.read(f"/review/{correction.id}")

    pictures = admin.page.locator("figure img")
    assert pictures.count() == 2
    assert all(one.evaluate("(image) => image.naturalWidth") > 0 for one in pictures.all())
    assert_axe_is_content(admin.page)


@pytest.mark.parametrize("text", [HOSTILE, RIGHT_TO_LEFT, LONG, "x" * 5_000])
def test_strange_texts_are_shown_and_run_nothing(admin: Visit, desk: Desk, text: str) -> None:
    short = text[:190].strip()
    proposed = changed(record_of(desk.app, "US-TX"), summary=text, citation=text, penalty=text)
    correction = submit(
        desk.app,
        "US-TX",
        proposed,
        message=text,
        sources=[{"url": "https://example.org/?a=%3Cb%3E&c='d'", "title": short}],
        submitter={"name": short},
    )

    admin.read("/review")
    assert admin.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    admin.read(f"/review/{correction.id}")
    open_editor(admin.page)

    assert short in (admin.page.locator("main").text_content() or "")
    assert admin.page.evaluate(RAN) == 0
    assert admin.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
