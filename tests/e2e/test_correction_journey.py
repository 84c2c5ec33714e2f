"""The whole way of a correction: from the visitor who notices to the diff in the record files."""

from __future__ import annotations

import filecmp
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from regmap.client import Client
from regmap.release.files import record_path
from tests.e2e.conftest import Visit, follow, watched
from tests.e2e.process import REGMAP, environment, serving
from tests.served import DATA, copied_database, shared_folder
from tests.web.reviewing import BOB, PASSWORD, app_with_curators

SOURCE = "https://law.example.org/va/59.1-200"
SAID = "The act was amended: it is 18 now."
REASON = "The code names 19 since the last session; 18 was the bill as filed."
PROPOSED_AGE, DECIDED_AGE = 18, 19


@dataclass(frozen=True)
class Place:
    """A server on a database of its own, with curators."""

    site: str
    settings: dict[str, str]
    api: Client

    def export(self, to: Path) -> str:
        done = subprocess.run(
            [REGMAP, "export", "--to", str(to)],
            env=self.settings,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("journey"))
    cache = shared_folder(tmp_path_factory) / "cache"
    app_with_curators(database, cache)
    settings = environment(database, cache)
    with serving(settings) as server, Client(server.address) as api:
        yield Place(server.address, settings, api)


@pytest.fixture
def visitor(browser: Browser, place: Place) -> Iterator[Visit]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield watched(context, place.site)
    context.close()


@pytest.fixture
def curator(browser: Browser, place: Place) -> Iterator[Visit]:
    """Somebody else, in another browser, signed in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    visit = watched(context, place.site)
    visit.read("/sign-in")
    visit.page.get_by_label("Name").fill(BOB)
    visit.page.get_by_label("Password").fill(PASSWORD)
    press(visit.page, "Sign in")
    visit.page.wait_for_url("**/review")
    yield visit
    context.close()


def press(page: Page, name: str) -> None:
    follow(page.get_by_role("button", name=name, exact=True))


def text_of(page: Page) -> str:
    return page.locator("main").inner_text()


def handed_in(visit: Visit, jurisdiction: str, message: str) -> str:
    """Hand in a message with a source; the secret address."""
    page = visit.page
    visit.read(f"/corrections/new?jurisdiction={jurisdiction}&substance=kratom&period=none")
    page.get_by_label("What is wrong, in your words").fill(message)
    page.get_by_label("Source 1: address").fill(SOURCE)
    press(page, "Hand in the correction")
    page.wait_for_url("**/corrections/*secret=*")
    return page.url


def decide(visit: Visit, id: str, reason: str, button: str) -> None:
    visit.read(f"/review/{id}")
    visit.page.get_by_label("Reason or question").fill(reason)
    press(visit.page, button)
    visit.page.wait_for_url("**?done=*")


def id_of(address: str) -> str:
    return address.split("/corrections/")[1].split("?")[0]


def test_a_visitors_correction_of_an_age_goes_all_the_way(
    visitor: Visit, curator: Visit, place: Place, tmp_path: Path
) -> None:
    records = tmp_path / "records"
    shutil.copytree(DATA / "records", records)
    page, office = visitor.page, curator.page

    visitor.read("/jurisdictions/US-VA")
    follow(page.get_by_role("link", name="Correct the record: Kratom"))
    page.get_by_label("Minimum age").fill(str(PROPOSED_AGE))
    page.get_by_label("What is wrong, in your words").fill(SAID)
    page.get_by_label("Source 1: address").fill(SOURCE)
    press(page, "Hand in the correction")
    page.wait_for_url("**/corrections/*secret=*")
    own_address, id = page.url, id_of(page.url)

    curator.read("/review")
    follow(office.locator(f"a[href='/review/{id}']"))
    effect = office.get_by_role("region", name="What accepting does")
    assert f"Regulated, from {PROPOSED_AGE} years" in effect.inner_text()
    assert "Today’s map would look the same." in effect.inner_text()  # an age has no colour
    office.get_by_text("Edit before accepting").click()
    office.get_by_label("Minimum age").last.fill(str(DECIDED_AGE))
    office.get_by_label("Reason or question").fill(REASON)
    press(office, "Accept and write")
    office.wait_for_url("**?done=accept")

    # the API
    effective = place.api.status(jurisdiction="US-VA").effective
    assert effective is not None
    assert effective.min_age == DECIDED_AGE
    (corrected,) = place.api.history("US-VA").revisions[1:]
    assert (corrected.correction, corrected.author) == (id, BOB)
    assert corrected.type == "record_corrected"
    ages = [one for one in corrected.changes if one.path.endswith("/min_age")]
    assert [(one.before, one.after) for one in ages] == [(21, DECIDED_AGE)]
    # the map
    visitor.open_map("/")
    popup = visitor.open_popup("Virginia, United States")
    assert str(DECIDED_AGE) in popup.inner_text()
    # the history
    visitor.read("/jurisdictions/US-VA")
    assert REASON in text_of(page)
    assert page.locator(f"a[href^='/corrections/{id}']").count() >= 1
    # the ledger
    visitor.read("/corrections?jurisdiction=US-VA")
    assert "Accepted" in text_of(page)
    visitor.read(f"/corrections/{id}")
    assert all(told in text_of(page) for told in (SAID, REASON, BOB))
    # the submitter's page
    page.goto(own_address)
    assert page.get_by_role("heading", name="Accepted").is_visible()
    assert REASON in text_of(page)
    # the files
    place.export(records)
    assert changed_files(DATA / "records", records) == [record_path("US-VA")]
    diff = lines_between(DATA / "records" / record_path("US-VA"), records / record_path("US-VA"))
    assert f"      min_age: {DECIDED_AGE}" in diff.added
    assert diff.removed == ["      min_age: 21"]
    assert any(SOURCE in line for line in diff.added)


def test_a_question_is_answered_and_the_correction_rejected_with_its_reason(
    visitor: Visit, curator: Visit, place: Place
) -> None:
    page = visitor.page
    before = place.api.history("US-TN").revisions
    own_address = handed_in(visitor, "US-TN", "It is banned in one county, I was told.")
    id = id_of(own_address)

    decide(curator, id, "Which county was that?", "Ask the submitter")
    page.goto(own_address)
    assert "Which county was that?" in text_of(page)
    page.get_by_label("What you want to add").fill("I do not remember.")
    press(page, "Add")
    assert page.get_by_role("heading", name="Waiting for a decision").is_visible()

    decide(curator, id, "No county can be named.", "Reject")
    page.goto(own_address)
    assert page.get_by_role("heading", name="Rejected").is_visible()
    visitor.read(f"/corrections/{id}")
    assert "No county can be named." in text_of(page)
    assert place.api.history("US-TN").revisions == before


def test_what_a_visitor_withdraws_nobody_decides_or_reads(
    visitor: Visit, curator: Visit, place: Place
) -> None:
    page = visitor.page
    own_address = handed_in(visitor, "US-AL", "A message that I shall regret.")
    id = id_of(own_address)

    follow(page.get_by_role("link", name="Withdraw this correction"))
    press(page, "Yes, withdraw it")
    assert page.get_by_role("heading", name="Withdrawn").is_visible()

    curator.read("/review")
    assert curator.page.locator(f"a[href='/review/{id}']").count() == 0
    curator.read(f"/review/{id}")
    assert curator.page.get_by_role("button", name="Accept and write").count() == 0
    visitor.read(f"/corrections/{id}")
    assert "A message that I shall regret." not in text_of(page)
    assert place.api.correction(id).state == "withdrawn"


@dataclass(frozen=True)
class Lines:
    """What two texts differ in."""

    removed: list[str]
    added: list[str]


def lines_between(before: Path, after: Path) -> Lines:
    old, new = (file.read_text(encoding="utf-8").splitlines() for file in (before, after))
    return Lines(
        removed=[line for line in old if line not in new],
        added=[line for line in new if line not in old],
    )


def changed_files(before: Path, after: Path) -> list[Path]:
    """The files, by their path below, that differ or stand on one side alone."""
    paths = {
        file.relative_to(folder) for folder in (before, after) for file in folder.rglob("*.yaml")
    }
    return sorted(
        path
        for path in paths
        if not ((before / path).is_file() and (after / path).is_file())
        or not filecmp.cmp(before / path, after / path, shallow=False)
    )
