"""Curators at work: an app of their own, signing in, and forms sent as a browser sends them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from regmap.domain.corrections import Correction, State
from regmap.domain.curators import Role
from regmap.http.context import desk_of, source_of
from regmap.schemas.record import record_to_document
from regmap.services import curators as service
from regmap.store import revisions
from regmap.store.revisions import Edit
from tests.served import copied_database, make_app, shared_folder
from tests.web.conftest import Attributes, Page

PASSWORD = "correct horse battery"
ADA, BOB = "ada", "bob"
BOBS_ADDRESS = "Bob@example.org"
SOURCE = {"url": "https://law.example.org/act", "title": "The act"}
MESSAGE = "The age limit is another one; see the act, section 2."


def desk_app(factory: pytest.TempPathFactory, folder: str) -> Flask:
    """An app whose database may be written to, with an admin (ada) and a reviewer (bob)."""
    database = copied_database(factory, factory.mktemp(folder))
    return app_with_curators(database, shared_folder(factory) / "cache")


def app_with_curators(database: Path, cache_dir: Path) -> Flask:
    """An app on a database, in which the two curators are put."""
    made = make_app(database, cache_dir)
    cost = service._MEMORY_KIB, service._PASSES
    service._MEMORY_KIB, service._PASSES = 8, 1  # hashing is slow on purpose
    try:
        known = desk_of(made).curators
        known.add(ADA, Role.ADMIN, PASSWORD, now())
        known.add(BOB, Role.REVIEWER, PASSWORD, now(), BOBS_ADDRESS.lower())
    finally:
        service._MEMORY_KIB, service._PASSES = cost
    return made


def now() -> datetime:
    return datetime.now(UTC)


def signed_in(app: Flask, name: str) -> FlaskClient:
    """A browser in which a curator has signed in."""
    client = app.test_client()
    token = Form(client.get("/sign-in").text, "/sign-in").values["csrf_token"]
    answer = client.post("/sign-in", data={"csrf_token": token, "name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text[:500]
    return client


def page_of(answer: TestResponse, status: int = 200) -> Page:
    """The page of an answer, well formed, kept by no cache."""
    assert answer.status_code == status, answer.text[-2000:]
    assert answer.headers["Cache-Control"] == "no-store"
    page = Page(answer.text)
    assert page.problems == []
    assert page.inline_scripts == []
    return page


def record_of(app: Flask, jurisdiction: str, substance: str = "kratom") -> dict[str, Any]:
    """A record as it stands, as a document that may be changed."""
    record = source_of(app).refreshed().snapshot.records[jurisdiction, substance]
    document: dict[str, Any] = json.loads(json.dumps(record_to_document(record)))
    return document


def changed(document: Mapping[str, Any], place: int = -1, **fields: Any) -> dict[str, Any]:
    """A record with other values in one of its periods."""
    made: dict[str, Any] = copy.deepcopy(dict(document))
    made["periods"][place].update(fields)
    return made


def submit(
    app: Flask,
    jurisdiction: str = "US-VA",
    proposed: Mapping[str, Any] | None = None,
    days_ago: int = 0,
    **others: Any,
) -> Correction:
    """A new correction."""
    at = now() - timedelta(days=days_ago)
    document = {
        "jurisdiction": jurisdiction,
        "substance": "kratom",
        "message": MESSAGE,
        "sources": [SOURCE],
        **({"proposed": proposed} if proposed else {}),
        **others,
    }
    snapshot = source_of(app).refreshed().snapshot
    corrections = desk_of(app).corrections
    return corrections.submit(snapshot, document, now=at, today=now().date()).correction


class Form(HTMLParser):
    """The form of a page that is sent to an address, with what a browser would send of it."""

    def __init__(self, html: str, action: str) -> None:
        super().__init__(convert_charrefs=True)
        self.values: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []
        self._action, self._inside = action, False
        self._select: str | None = None
        self._area: str | None = None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Attributes = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self._inside = given.get("method") == "post" and given.get("action") == self._action
        if not self._inside:
            return
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.values[name] = given.get("value") or ""
        elif tag == "button":
            self.buttons.append((name, given.get("value") or ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select is not None:
            if "selected" in given or self._select not in self.values:
                self.values[self._select] = given.get("value") or ""
        elif tag == "textarea":
            self._area = name
            self.values[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area is not None:
            # a browser drops the first line break, and sends the others as CR LF
            text = self.values[self._area].removeprefix("\n")
            self.values[self._area] = text.replace("\n", "\r\n")
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self.values[self._area] += data


def form_of(client: FlaskClient, address: str) -> dict[str, str]:
    """What a browser would send of the form of a page, before anybody typed."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[-2000:]
    return Form(answer.text, address).values


def decide(
    client: FlaskClient,
    correction: Correction,
    do: str,
    note: str = "Seen in the act.",
    **typed: Any,
) -> TestResponse:
    """Open a correction, type, and press a button."""
    address = f"/review/{correction.id}"
    form = form_of(client, address)
    return client.post(address, data={**form, "note": note, **typed, "do": do})


def state_of(app: Flask, correction: Correction) -> State:
    return desk_of(app).corrections.one(correction.id).state


def age_in(app: Flask, jurisdiction: str = "US-VA") -> int | None:
    age: int | None = record_of(app, jurisdiction)["periods"][-1]["min_age"]
    return age


def form_again(html: str, address: str) -> dict[str, str]:

    return Form(html, address).values


def restored(app: Flask, jurisdiction: str) -> Iterator[None]:
    """Let a record say afterwards what it says now."""
    before = record_of(app, jurisdiction)
    yield
    if record_of(app, jurisdiction) != before:
        edit = Edit((jurisdiction, "kratom"), before, "tests", "for the next test")
        with desk_of(app).curation._database.writing() as connection:
            revisions.append(connection, [edit], now())
