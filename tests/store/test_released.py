"""What the last release said, as the store keeps it."""

import hashlib
import json

import pytest

from regmap.store import released
from regmap.store.database import Database
from regmap.store.revisions import Subject, digest

STATE: Subject = ("US-TN", None)
PLANT: Subject = ("US-TN", "kratom")


def noted(database: Database) -> dict[Subject, str]:
    with database.reading() as connection:
        return released.digests(connection)


def test_nothing_was_released_at_first(database: Database) -> None:
    assert noted(database) == {}


def test_a_release_is_noted_for_jurisdictions_and_records_apart(database: Database) -> None:
    with database.writing() as connection:
        released.note(connection, "1", {STATE: "a" * 64, PLANT: "b" * 64})

    assert noted(database) == {STATE: "a" * 64, PLANT: "b" * 64}


def test_a_later_release_takes_the_place_of_the_one_before_and_leaves_the_rest(
    database: Database,
) -> None:
    with database.writing() as connection:
        released.note(connection, "1", {STATE: "a" * 64, PLANT: "b" * 64})
        released.note(connection, "2", {PLANT: "c" * 64})

    assert noted(database) == {STATE: "a" * 64, PLANT: "c" * 64}


def test_what_a_release_has_nothing_of_any_more_is_forgotten(database: Database) -> None:
    with database.writing() as connection:
        released.note(connection, "1", {STATE: "a" * 64, PLANT: "b" * 64})
        released.note(connection, "2", {PLANT: None, ("US-GA", "kratom"): None})

    assert noted(database) == {STATE: "a" * 64}


@pytest.mark.parametrize("document", [{}, {"b": 1, "a": [None, 2.5]}, {"name": "Côte d'Ivoire"}])
def test_a_digest_is_the_hash_of_the_text_that_the_log_keeps(document: object) -> None:
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert digest(document) == hashlib.sha256(text.encode()).hexdigest()
