"""Apps on databases of their own, loaded with the real records: what the served parts share."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from regmap.app import create_app
from regmap.services.files import read_data
from regmap.services.load import load_release
from regmap.services.snapshot import open_geography
from regmap.settings import ROOT, Settings
from regmap.store import revisions
from regmap.store.database import Database
from regmap.store.revisions import Edit
from tests.once import made_once

DATA = ROOT / "data"
DATABASE = "regmap.sqlite"
PROBLEM = "application/problem+json"
KEY = "the secret key of the tests: 32 or longer"
HOSTILE = (
    'Côte d\'Ivoire </script><script>alert(1)</script> ${alert(1)} `x` "q" <img src=x> \\u0041'
)
"""Text that breaks out of a script, a template literal, an attribute and a tag."""
LONG = "Kratom " * 1_428
RIGHT_TO_LEFT = "ساحل العاج \u202eevil\u202c كراتوم"


def url_of(file: Path) -> str:
    """The database URL of a file."""
    return f"sqlite:///{file}"


def loaded_database(file: Path, data_dir: Path = DATA) -> Path:
    """A new database with every record of a data folder."""
    database = Database(url_of(file))
    database.migrate()
    now = datetime.now(UTC)
    load_release(
        database,
        read_data(data_dir),
        author="tests",
        reason="First load",
        name="data-test",
        now=now,
    )
    database.close()
    return file


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder for all tests of this process: the cache, and the database that nobody writes to.

    Not for those of the other processes: a server counts in its database how often it was asked,
    and packs files for download one at a time.
    """
    folder = factory.getbasetemp() / "served"
    if not folder.is_dir():
        folder.mkdir()
        # links: each file of a cache is put in place whole, never changed
        shutil.copytree(filled_cache(factory), folder / "cache", copy_function=os.link)
    return folder


def filled_cache(factory: pytest.TempPathFactory) -> Path:
    """What is computed from the boundaries, once for the run: as good as read-only."""
    return made_once(factory, "cache", lambda folder: open_geography(DATA, folder))


def shared_database(factory: pytest.TempPathFactory) -> Path:
    """The loaded database of this process; tests that write take a copy."""
    file = shared_folder(factory) / DATABASE
    return file if file.is_file() else copied_database(factory, file.parent)


def copied_database(factory: pytest.TempPathFactory, to: Path) -> Path:
    """A copy of the loaded database in a folder, to be written to."""
    # the origin is closed, and never opened again: its file alone is all of it
    origin = made_once(factory, "database", lambda folder: loaded_database(folder / DATABASE))
    return Path(shutil.copy(origin / DATABASE, to))


def make_app(database: Path, cache_dir: Path, data_dir: Path = DATA, **settings: Any) -> Flask:
    """An app on a database file, without limits unless the other settings ask for them."""
    chosen = Settings(
        database_url=url_of(database),
        cache_dir=cache_dir,
        data_dir=data_dir,
        boundaries_dir=cache_dir / "nothing-imported",
        secret_key=KEY,
        rate_limits="off",
    )
    return create_app(replace(chosen, **settings))


@lru_cache(1)
def _app_on(database: Path, cache_dir: Path) -> Flask:
    return make_app(database, cache_dir)


def shared_app(factory: pytest.TempPathFactory) -> Flask:
    """The app of the run, on the shared database."""
    return _app_on(shared_database(factory), shared_folder(factory) / "cache")


def record_edits(database: Path, edits: Iterable[Edit], now: datetime | None = None) -> None:
    """Write edits into a database, as a correction or a release would."""
    opened = Database(url_of(database))
    with opened.writing() as connection:
        revisions.append(connection, list(edits), now or datetime.now(UTC))
    opened.close()


def hostile_edits(jurisdiction: str, level: str, parent: str | None) -> list[Edit]:
    """A jurisdiction and a record with hostile text in every field that takes text."""
    source = {
        "title": HOSTILE,
        "url": "https://example.org/?a=%3Cb%3E&c='d'",
        "publisher": HOSTILE,
        "kind": "statute",
        "published": "2020",
    }
    period = {
        "from": "2020-05",
        "to": None,
        "status": "regulated",
        "min_age": 19,
        "schedule": HOSTILE,
        "possession": "allowed",
        "sale": "restricted",
        "rules": {"special_tax": HOSTILE},
        "summary": HOSTILE,
        "citation": HOSTILE,
        "instrument": HOSTILE,
        "penalty": HOSTILE,
        "sources": [source],
        "confidence": "low",
        "extent": "whole",
    }
    record = {
        "jurisdiction": jurisdiction,
        "substance": "kratom",
        "periods": [period],
        "pending": [{"title": HOSTILE, "stage": HOSTILE, "as_of": None, "url": None}],
        "evidence_as_of": None,
        "note": HOSTILE,
    }
    itself = {
        "jurisdiction": jurisdiction,
        "name": HOSTILE,
        "level": level,
        "parent": parent,
        "geo": None,
    }
    return [
        Edit((jurisdiction, None), itself, HOSTILE, HOSTILE),
        Edit((jurisdiction, "kratom"), record, HOSTILE, HOSTILE),
    ]


def worded_edits(jurisdiction: str, text: str) -> list[Edit]:
    """Edits of a country with a text of our own wherever its record takes one."""
    told, hostile = (json.dumps(one)[1:-1] for one in (text, HOSTILE))
    return [
        Edit(edit.subject, json.loads(json.dumps(edit.document).replace(hostile, told)), "x", "y")
        for edit in hostile_edits(jurisdiction, "country", None)
        if edit.subject[1] is not None or len(text) < 100  # a name has its limits
    ]


def json_of(response: TestResponse) -> Any:
    """The body of an answer that must have gone well."""
    assert response.status_code == 200, response.get_data(as_text=True)[:500]
    return response.get_json(force=True)


def headers_told(response: TestResponse) -> list[tuple[str, str]]:
    """The headers of an answer, sorted, but for the one that each has for itself."""
    return sorted(one for one in response.headers.items() if one[0] != "X-Request-ID")


def assert_problem(response: TestResponse, status: int, *fields: str) -> dict[str, Any]:
    """Check that an answer is a problem document that names just these fields, and return it."""
    assert response.status_code == status, response.get_data(as_text=True)[:500]
    assert response.mimetype == PROBLEM
    body: dict[str, Any] = response.get_json(force=True)
    assert body["status"] == status
    assert all(isinstance(body[name], str) and body[name] for name in ("type", "title", "detail"))
    assert set(body.get("errors", {})) == set(fields)
    for messages in body.get("errors", {}).values():
        assert messages
        assert all(isinstance(message, str) and message for message in messages)
    return body
