"""Every page is whole, accessible in its bones, and asks no other host for anything."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from regmap.domain.errors import DataProblem, StoreAway
from regmap.domain.jurisdictions import JurisdictionTree
from regmap.http.context import source
from regmap.settings import ROOT
from tests.web.conftest import Page

PAGES = [
    "/",
    "/?substance=7-oh&on=2020-01-01",
    "/?lang=es",
    "/check",
    "/check?q=39701",
    "/check?q=Columbus&lang=es",
    "/check?q=0,-30",
    "/table",
    "/table?lang=es&status=unknown",
    "/changes",
    "/changes?lang=es",
    "/changes?known_at=2020-01-01",
    "/?known_at=2020-01-01&lang=es",
    "/jurisdictions/US-RI?known_at=2020-01-01",
    "/embed?known_at=2020-01-01",
    "/data/versions",
    "/data/versions?from=600&lang=es",
    "/corrections",
    "/corrections/new",
    "/corrections/new?q=Columbus",
    "/corrections/nope",
    "/corrections/new?q=nowhere-at-all",
    "/about",
    "/about?lang=es",
    "/embed",
    "/embed?focus=US-MS&lang=es",
    "/data",
    "/docs",
    "/docs?lang=es",
    "/jurisdictions/US-MS?lang=es",
    "/jurisdictions/US-RI",
    "/jurisdictions/US-MS?on=2020-01-01",
    "/jurisdictions/US",
    "/jurisdictions/CU",
    "/jurisdictions/US-AL-jefferson-county",
    "/nope",
    "/jurisdictions/XX",
    "/jurisdictions/US?on=2026-02-30",
    "/check?q=no-such-place-anywhere",
    "/changes?from=2026-01-01&to=2025-01-01",
    "/table?status=nonsense",
]

FORMS = [
    "/corrections/new?jurisdiction=US-VA&lang=es",
    "/corrections/new?jurisdiction=US-MS&period=none",
]
"""Each time they are asked for, they carry another key."""

every_page = pytest.mark.parametrize("url", [*PAGES, *FORMS])


@every_page
def test_a_page_has_a_language_a_title_and_one_heading(client: FlaskClient, url: str) -> None:
    html = client.get(url).get_data(as_text=True)
    page = Page(html)

    assert html.lower().startswith("<!doctype html>")
    assert page.problems == []
    assert page.all("html")[0]["lang"] == ("es" if "lang=es" in url else "en")
    assert len(page.all("title")) == len(page.all("h1")) == len(page.all("main")) == 1
    assert "<title></title>" not in html
    viewport = next(meta for meta in page.all("meta") if meta.get("name") == "viewport")
    assert "user-scalable" not in (viewport["content"] or "")
    assert "maximum-scale" not in (viewport["content"] or "")


@every_page
def test_ids_are_unique_and_links_within_the_page_lead_somewhere(
    client: FlaskClient, url: str
) -> None:
    page = Page(client.get(url).get_data(as_text=True))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]

    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        if (link.get("href") or "").startswith("#"):
            assert (link["href"] or "")[1:] in ids


@every_page
def test_a_page_asks_no_other_host_for_anything(client: FlaskClient, url: str) -> None:
    page = Page(client.get(url).get_data(as_text=True))
    loaded = [
        attributes.get(name)
        for attributes in page.all("script", "link", "img", "iframe", "source", "object", "use")
        for name in ("src", "href", "srcset", "data")
        if attributes.get(name)
    ]

    assert loaded
    for address in loaded:
        parts = urlsplit(address or "")
        assert (parts.scheme, parts.netloc) == ("", ""), address


@every_page
def test_a_page_has_no_script_of_its_own(client: FlaskClient, url: str) -> None:
    page = Page(client.get(url).get_data(as_text=True))

    assert page.inline_scripts == []
    for script in page.all("script"):
        assert script.get("src") or script.get("type") == "application/json"
    for tag, attributes in page.elements:
        handlers = [name for name in attributes if name.startswith("on") and name != "on"]
        assert handlers == [], tag
        for name in ("href", "src", "action"):
            assert not (attributes.get(name) or "").lower().startswith(("javascript:", "data:"))


@every_page
def test_the_policy_allows_our_own_scripts_alone(client: FlaskClient, url: str) -> None:
    policy = client.get(url).headers["Content-Security-Policy"]
    allowed = {part.split()[0]: part.split()[1:] for part in policy.split(";")}

    assert allowed["default-src"] == ["'none'"]
    assert allowed["script-src"] == ["'self'"]
    assert allowed["connect-src"] == ["'self'"]
    assert allowed["base-uri"] == ["'none'"]
    assert "unsafe-eval" not in policy
    for directive, sources in allowed.items():
        if directive == "frame-ancestors":
            assert sources == (["*"] if url.startswith("/embed") else ["'none'"])
            continue
        others = set(sources) - {"'none'", "'self'", "'unsafe-inline'", "data:"}
        assert others == set(), directive


@every_page
def test_what_a_page_loads_is_there(client: FlaskClient, url: str) -> None:
    page = Page(client.get(url).get_data(as_text=True))
    wanted = [script["src"] for script in page.all("script") if "src" in script]
    wanted += [link.get("href") for link in page.all("link")]

    for address in wanted:
        with client.get(address or "") as response:
            assert response.status_code == 200, address


@pytest.mark.parametrize(
    "file", sorted((ROOT / "static" / "css").glob("*.css")), ids=lambda f: f.name
)
def test_styles_load_nothing_from_elsewhere(file: Path) -> None:
    css = file.read_text(encoding="utf-8")

    assert "@import" not in css
    assert [one for one in re.findall(r"url\(([^)]*)\)", css) if not one.startswith("#")] == []


@pytest.mark.parametrize(
    "file", sorted((ROOT / "static" / "css").glob("*.css")), ids=lambda f: f.name
)
def test_a_colour_stands_among_the_tokens_alone(file: Path) -> None:
    css = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)

    if file.name not in ("tokens.css", "print.css"):  # on paper the tokens are others
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;, )])|\brgba?\(", css) == []


@pytest.mark.parametrize(
    "file", sorted((ROOT / "static" / "js").rglob("*.js")), ids=lambda f: f.name
)
def test_our_scripts_name_no_other_host_and_write_no_html(file: Path) -> None:
    script = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")

    for forbidden in ("http://", "https://", "innerHTML", "outerHTML", "insertAdjacentHTML",
                      "document.write", "eval(", "new Function"):  # fmt: skip
        assert forbidden not in script, forbidden


def test_pages_are_compressed_and_kept(client: FlaskClient) -> None:
    response = client.get("/", headers={"Accept-Encoding": "gzip"})

    assert b"<title>" in gzip.decompress(response.get_data())
    again = client.get(
        "/", headers={"Accept-Encoding": "gzip", "If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304


# --- One jurisdiction. --------------------------------------------------------------------------


def _tree(app: Flask) -> JurisdictionTree:
    with app.app_context():
        return source().current().snapshot.tree


def test_every_jurisdiction_with_a_record_has_a_page_with_every_source(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        snapshot = source().current().snapshot
    for id in snapshot.own:
        response = client.get(f"/jurisdictions/{id}")
        assert response.status_code == 200, id
        page = Page(response.get_data(as_text=True))
        assert page.problems == [], id
        links = {link.get("href") for link in page.all("a")}
        for record in snapshot.records_of(id):
            for period in record.periods:
                told = [*period.sources, *(period.ended_by.sources if period.ended_by else ())]
                missing = {one.url for one in told} - links
                assert missing == set(), (id, record.substance)
                if period.summary:
                    assert " ".join(period.summary.split()) in page.text, id
            for bill in record.pending:
                assert bill.url is None or bill.url in links, id
                assert " ".join(bill.title.split()) in page.text, id
            if record.note:
                assert " ".join(record.note.split()) in page.text, id


def test_every_jurisdiction_has_a_page(app: Flask, client: FlaskClient) -> None:
    upper = [one.id for one in _tree(app) if one.id.count("-") < 2]
    assert len(upper) > 300

    for id in upper:
        response = client.get(f"/jurisdictions/{id}")
        assert response.status_code == 200, id


def test_a_page_tells_status_age_since_confidence_and_evidence(client: FlaskClient) -> None:
    text = Page(client.get("/jurisdictions/US-RI?on=2026-05-01").get_data(as_text=True)).text

    for said in (
        "Rhode Island",
        "Regulated, from 21 years",
        "By its own law, since 1 April 2026",
        "Confidence: medium",
        "Evidence of: 24 June 2026",
        "15% of wholesale cost",
        "Start not known – 2017",
        "H 7518 (2026)",
    ):
        assert said in text.replace(" ,", ","), said


def test_a_page_shows_the_law_of_the_asked_day(client: FlaskClient) -> None:
    then, now = (
        Page(client.get(f"/jurisdictions/US-RI?on={day}").get_data(as_text=True)).all("li")
        for day in ("2026-03-31", "2026-04-01")
    )

    currents = [
        [place for place, item in enumerate(items) if item.get("aria-current")]
        for items in (then, now)
    ]
    assert all(len(found) == 2 for found in currents)  # one a substance
    assert currents[0] != currents[1]


def test_a_page_lists_the_local_rules_below(client: FlaskClient) -> None:
    links = [
        link.get("href")
        for link in Page(client.get("/jurisdictions/US-MS").get_data(as_text=True)).all("a")
    ]

    assert "/jurisdictions/US-MS-columbus" in links
    assert "/jurisdictions/US-MS-lowndes-county" in links
    assert "/jurisdictions/US" in links


def test_a_page_without_a_record_says_who_governs(client: FlaskClient) -> None:
    text = Page(client.get("/jurisdictions/US-AL-jefferson-county").get_data(as_text=True)).text

    assert "No record of its own" in text
    assert "Decided by Alabama" in text


# --- Errors. ------------------------------------------------------------------------------------

LOST = ["/nope", "/jurisdictions", "/jurisdictions/XX", "/jurisdictions/%00", "/jurisdictions/..",
        "/jurisdictions/" + "A" * 10_000, "/assets/000000000000/map.js", "/static/nope.js",
        "/static/..%2f..%2fpyproject.toml", "/%ED%A0%80"]  # fmt: skip


@pytest.mark.parametrize("url", LOST, ids=lambda url: url[:40])
def test_what_is_not_there_is_a_page_that_leads_back(client: FlaskClient, url: str) -> None:
    response = client.get(url)

    assert (response.status_code, response.mimetype) == (404, "text/html")
    page = Page(response.get_data(as_text=True))
    assert "Not found" in page.text
    assert any(link.get("href") == "/" for link in page.all("a"))
    assert len(response.get_data()) < 6_000


def test_a_bad_day_is_named_on_a_page(client: FlaskClient) -> None:
    response = client.get("/jurisdictions/US?on=2026-02-30")

    assert (response.status_code, response.mimetype) == (422, "text/html")
    assert "'2026-02-30' is not a day of the calendar" in response.text.replace("&#39;", "'")


@pytest.mark.parametrize("url", ["/", "/docs", "/table", "/jurisdictions/US"])
def test_a_method_that_is_not_offered_names_the_others(client: FlaskClient, url: str) -> None:
    response = client.post(url)

    assert (response.status_code, response.mimetype) == (405, "text/html")
    assert {"GET", "HEAD"} <= set(response.headers["Allow"].split(", "))


@pytest.mark.parametrize(
    ("error", "status", "secret"),
    [
        (RuntimeError("secret"), 500, "secret"),
        (DataProblem("/srv/db: broken"), 500, "/srv"),
        (StoreAway("/srv/db: locked"), 503, "/srv"),
    ],
)
def test_a_failure_is_a_page_that_gives_nothing_away(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, secret: str
) -> None:
    def fail(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(JurisdictionTree, "get", fail)

    response = client.get("/jurisdictions/US")

    assert (response.status_code, response.mimetype) == (status, "text/html")
    assert secret not in response.text
    assert response.headers["Cache-Control"] == "no-store"
    assert "That did not work" in Page(response.text).text
