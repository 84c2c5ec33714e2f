"""What is wrong with a visitor's form is said in the language of the page."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.served import copied_database, make_app, shared_folder
from tests.web.forms import form_at, sent

FORM = "/corrections/new?jurisdiction=US-VA&substance=kratom"
SOURCE = {"source__0__url": "https://law.example.org/act"}
CONTROL = "\x07"
# Some word of these stands in every message of the code, and none of them is Spanish.
ENGLISH = re.compile(
    r"\b(?:the|is|not|must|than|of|one|field|give|has|may|was|length|least|while|empty)\b", re.I
)
BESIDE = re.compile(r'<span class="error" id="error-([^"]+)">(.*?)</span>', re.S)
SUMMARY = re.compile(r'aria-labelledby="summary".*?<ul>(.*?)</ul>', re.S)

NEW, FIRST, NONE = ("&period=new", "&period=first", "&period=none")
# What is chosen, what is typed, and the controls that are refused for it.
WRONG: list[tuple[str, dict[str, str], set[str]]] = [
    ("", {}, {"message"}),
    (NONE, {}, {"message"}),
    ("", {"min_age": "18", "source__0__url": ""}, {"source-0-url"}),
    (
        "",
        {
            "from": "July",
            "to": "2024-13",
            "status": "banned",
            "min_age": "abc",
            "rules__kcpa": "maybe",
            "rules__seven_oh_cap_percent": "much",
            "penalty": f"a{CONTROL}b",
            "source__0__url": "javascript:alert(1)",
            "source__0__title": CONTROL,
            "email": "nobody",
        },
        {"from", "to", "status", "min_age", "rules-kcpa", "rules-seven_oh_cap_percent"}
        | {"penalty", "source-0-url", "source-0-title", "email"},
    ),
    (
        "",
        {
            "from": "3000",
            "min_age": "500",
            "rules__seven_oh_cap_percent": "-1",
            "summary": "x" * 10_001,
            "message": "x" * 10_001,
            "source__0__url": "https://" + "x" * 2_100,
            "source__0__title": "x" * 501,
            "name": "x" * 201,
            "email": f"a@{'b' * 260}.org",
        },
        {"from", "min_age", "rules-seven_oh_cap_percent", "summary", "message"}
        | {"source-0-url", "source-0-title", "name", "email"},
    ),
    (
        "",
        {"to": "1999", "sale": "prohibited", "possession": "prohibited"},
        {"to", "sale", "possession"},
    ),
    ("", {"from": ""}, {"from"}),
    (FIRST, {"from": "2025"}, {"from", "to"}),
    (FIRST, {"to": ""}, set()),
    (NEW, {"status": "prohibited"}, {"from"}),
    (NEW, {"from": "2024"}, {"status"}),
    (NEW, {"from": "2023-07-01", "status": "prohibited"}, {"from"}),
    (NEW, {"from": "2010", "to": "2024", "status": "prohibited"}, {"from"}),
    ("", {"website": "x"}, {"website"}),
    ("", {"min_age": "18", "key": "x"}, set()),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    database = copied_database(tmp_path_factory, tmp_path_factory.mktemp("errors"))
    return make_app(database, Path(shared_folder(tmp_path_factory) / "cache")).test_client()


def refused(
    client: FlaskClient, period: str, typed: dict[str, str], language: str = "es"
) -> tuple[dict[str, str], str]:
    """The messages by the control that each stands beside, and the list of them all."""
    form = form_at(client, f"{FORM}{period}&lang={language}")
    response = sent(client, form, **{**SOURCE, **typed})
    text = response.get_data(as_text=True)
    assert response.status_code == 422, text[:500]
    beside = {name: html.unescape(message).strip() for name, message in BESIDE.findall(text)}
    [summary] = SUMMARY.findall(text)
    return beside, html.unescape(re.sub(r"<[^>]+>", " ", summary)).strip()


@pytest.mark.parametrize(("period", "typed", "controls"), WRONG)
def test_no_message_is_left_in_english(
    client: FlaskClient, period: str, typed: dict[str, str], controls: set[str]
) -> None:
    beside, summary = refused(client, period, typed)

    assert set(beside) == controls
    assert summary
    assert [one for one in (*beside.values(), summary) if ENGLISH.search(one)] == []


@pytest.mark.parametrize(("period", "typed", "controls"), WRONG)
def test_an_english_message_is_known_by_its_words(
    client: FlaskClient, period: str, typed: dict[str, str], controls: set[str]
) -> None:
    beside, summary = refused(client, period, typed, "en")

    assert [one for one in (*beside.values(), summary) if not ENGLISH.search(one)] == []


def test_codes_inside_a_message_are_words_of_the_language(client: FlaskClient) -> None:
    beside, _ = refused(client, "", {"sale": "prohibited"})

    assert beside == {"sale": "“prohibida” contradice el estatus “regulado”."}
