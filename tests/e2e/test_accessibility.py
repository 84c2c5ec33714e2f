"""axe finds nothing to object to, on any page, in either theme and language, wide and narrow."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from regmap.settings import ROOT
from regmap.web.languages import LANGUAGES
from tests.e2e.conftest import watched

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
RUN = "() => axe.run(document, { resultTypes: ['violations'] })"
PAGES = [
    "/",
    "/?on=2025-03-01&compare=2019-01-01",
    "/check",
    "/check?q=39701",
    "/check?q=Columbus",
    "/check?q=nowhere-at-all",
    "/check?q=0,-30",
    "/jurisdictions/US-MS",
    "/jurisdictions/US",
    "/jurisdictions/CI",
    "/jurisdictions/US-MS-columbus",
    "/table",
    "/table?status=unknown&page_size=20",
    "/changes",
    "/data/versions?from=600",
    "/jurisdictions/US-RI?known_at=2020-01-01",
    "/changes?from=2025-01-01&to=2024-01-01",
    "/corrections",
    "/corrections/new?q=Columbus",
    "/corrections/new?jurisdiction=US-VA",
    "/corrections/new?jurisdiction=US-AL-jefferson-county&period=new",
    "/about",
    "/embed?focus=US",
    "/data",
    "/docs",
    "/ogc",
    "/ogc/api",
    "/ogc/collections/jurisdictions/items",
    "/ogc/collections/jurisdictions/items/CI",
    "/no-such-page",
]
SIGHTS = {
    "narrow light in Spanish": {
        "viewport": {"width": 360, "height": 740},
        "color_scheme": "light",
        "locale": "es",
    },
    "wide dark in English": {
        "viewport": {"width": 1280, "height": 900},
        "color_scheme": "dark",
        "locale": "en",
    },
}
"""Every theme, language and width once: colours do not hang on words, nor words on colours."""


def test_every_language_is_looked_at() -> None:
    assert {sight["locale"] for sight in SIGHTS.values()} == set(LANGUAGES)


@pytest.mark.parametrize("sight", SIGHTS.values(), ids=SIGHTS)
@pytest.mark.parametrize("path", PAGES)
def test_axe_has_nothing_to_object_to(
    browser: Browser, site: str, path: str, sight: dict[str, Any]
) -> None:
    context = browser.new_context(**sight)
    visit = watched(context, site)
    visit.read(path)

    visit.page.evaluate(AXE)
    found = visit.page.evaluate(RUN)

    told = [
        (one["id"], [node["html"][:200] for node in one["nodes"][:3]])
        for one in found["violations"]
    ]
    context.close()
    assert told == []
