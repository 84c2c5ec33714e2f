"""Every page in every language: the catalogues are complete, and the address decides."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from regmap.settings import ROOT
from regmap.web.languages import LANGUAGES, TRANSLATIONS
from tests.web.conftest import Page

OTHERS = [code for code in LANGUAGES if code != "en"]
every_other_language = pytest.mark.parametrize("code", OTHERS)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+(?:![rs])?(?::[^}]*)?\}|</?\w+[^>]*>")


def catalogue(file: Path, locale: str | None = None) -> Catalog:
    with file.open("rb") as opened:
        return read_po(opened, locale=locale)


def of_language(code: str) -> Catalog:
    return catalogue(TRANSLATIONS / code / "LC_MESSAGES" / "messages.po", code)


def messages(found: Catalog) -> dict[str, Message]:
    return {
        message.id if isinstance(message.id, str) else message.id[0]: message
        for message in found
        if message.id
    }


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or [""])


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Message]:
    """The texts that stand in the code now."""
    file = tmp_path_factory.mktemp("texts") / "messages.pot"
    subprocess.run(
        [
            *(ROOT / ".venv/bin/pybabel", "--quiet", "extract", "--mapping", "babel.cfg"),
            *("--keyword", "said", "--output", str(file), "."),
        ],
        cwd=ROOT,
        check=True,
    )
    return messages(catalogue(file))


def test_the_template_of_the_catalogues_holds_the_texts_of_the_code(
    collected: dict[str, Message],
) -> None:
    kept = messages(catalogue(TRANSLATIONS / "messages.pot"))

    assert set(kept) == set(collected), "`scripts/texts update` collects them"


@every_other_language
def test_every_text_is_translated(collected: dict[str, Message], code: str) -> None:
    translated = messages(of_language(code))

    missing = [
        text
        for text in collected
        if text not in translated or not all(forms(translated[text])) or translated[text].fuzzy
    ]
    assert missing == []
    assert set(translated) == set(collected), "texts that no longer stand anywhere"


@every_other_language
def test_a_translation_keeps_the_values_and_the_markup(code: str) -> None:
    for text, message in messages(of_language(code)).items():
        for form in forms(message):
            wanted, got = sorted(PLACEHOLDER.findall(text)), sorted(PLACEHOLDER.findall(form))
            if isinstance(message.id, str):
                assert got == wanted, text
            else:  # one form of a plural may leave the number out
                assert set(got) <= set(PLACEHOLDER.findall(" ".join(message.id))), text


@every_other_language
def test_the_language_in_the_address_decides(client: FlaskClient, code: str) -> None:
    response = client.get(f"/jurisdictions/TH?lang={code}", headers={"Accept-Language": "en"})

    assert Page(response.get_data(as_text=True)).all("html")[0]["lang"] == code
    assert response.headers["Content-Language"] == code
    assert {"Accept-Language", "Accept-Encoding"} <= set(response.vary)


def test_without_one_the_browser_s_wish_decides(client: FlaskClient) -> None:
    def language_for(wish: str) -> str:
        response = client.get("/about", headers={"Accept-Language": wish})
        return response.headers["Content-Language"]

    assert language_for("es-MX,es;q=0.9,en;q=0.5") == "es"
    assert language_for("fr") == "en"
    assert language_for("en-GB,es;q=0.2") == "en"


def test_links_keep_the_language_that_was_asked_for(client: FlaskClient) -> None:
    page = Page(client.get("/jurisdictions/US-TN?lang=es&on=2020-01-01").get_data(as_text=True))
    addresses = [link.get("href") or "" for link in page.all("a")]
    # what programs ask speaks English alone
    inside = [
        one
        for one in addresses
        if one.startswith("/") and not one.startswith(("/api/", "/feeds/", "/ogc"))
    ]

    assert inside
    assert [one for one in inside if "lang=" not in one] == []


def test_the_switch_of_languages_stays_on_the_page(client: FlaskClient) -> None:
    page = Page(client.get("/jurisdictions/US-TN?on=2020-01-01").get_data(as_text=True))

    [other] = [link for link in page.all("a") if link.get("hreflang")]
    assert other["href"] == "/jurisdictions/US-TN?on=2020-01-01&lang=es"


def test_a_language_that_there_is_not_is_named(client: FlaskClient) -> None:
    response = client.get("/about?lang=xx")

    assert response.status_code == 422
    assert "lang" in Page(response.get_data(as_text=True)).text


def test_countries_have_their_names_in_the_language(client: FlaskClient) -> None:
    assert "Tailandia" in Page(client.get("/jurisdictions/TH?lang=es").get_data(as_text=True)).text
    assert "Thailand" in Page(client.get("/jurisdictions/TH").get_data(as_text=True)).text
