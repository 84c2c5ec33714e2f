"""Texts that stores cannot hold are refused by name, before a store sees them; all others fit."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError
from sqlalchemy import select

from regmap.domain.errors import InvalidValue
from regmap.schemas.corrections import SubmitterSchema
from regmap.store import corrections, curators, revisions
from regmap.store.database import Database
from regmap.store.tables import revisions as table
from tests.store.edits import NOON, an_edit

LONG = "\U0001f333" * 10_000  # four bytes each
UNSTORABLE = ["a\x00b", "a\ud800b"]


def test_long_texts_of_four_bytes_a_character_fit(database: Database) -> None:
    edit = an_edit(document={"note": LONG}, author="\U0001f333" * 200, reason=LONG)
    with database.writing() as connection:
        revisions.append(connection, [edit], NOON)

    with database.reading() as connection:
        [kept], _ = revisions.log(connection)
        assert revisions.broken_link(connection) is None
    assert (kept.reason, kept.document) == (LONG, {"note": LONG})


@pytest.mark.parametrize(
    ("field", "text"),
    [("author", "x" * 201), ("release", "x" * 81), ("correction", "x" * 41)]
    + [(field, text) for field in ("author", "reason") for text in UNSTORABLE],
)
def test_a_text_that_does_not_fit_is_refused_by_name(
    database: Database, field: str, text: str
) -> None:
    changed: dict[str, Any] = {field: text}
    with pytest.raises(InvalidValue) as refused, database.writing() as connection:
        revisions.append(connection, [an_edit(**changed)], NOON)

    assert list(refused.value.errors) == [field]
    with database.reading() as connection:
        assert revisions.latest(connection)[0] == 0


@pytest.mark.parametrize("text", [*UNSTORABLE, LONG])
def test_what_no_store_can_hold_is_not_found(database: Database, text: str) -> None:
    with database.reading() as connection:
        assert corrections.one(connection, text) is None
        assert corrections.proofs_of(connection, text) is None
        assert curators.account(connection, text) is None


def test_a_number_that_no_log_reaches_is_not_found(database: Database) -> None:
    with database.reading() as connection:
        assert revisions.numbered(connection, 10**30) is None


def test_subjects_are_sorted_by_code_point(database: Database) -> None:
    names = ["US-FL-a-b", "US-FL-ab", "US-FL", "US", "us", "US-FL-a", "\u00e9", "\U0001f333", "Z"]
    with database.writing() as connection:
        for name in names:
            revisions.append(connection, [an_edit((name, "kratom"))], NOON)

    with database.reading() as connection:
        found = connection.execute(select(table.c.jurisdiction).order_by(table.c.jurisdiction))
        assert list(found.scalars()) == sorted(names)


def test_an_address_with_half_a_surrogate_pair_is_refused_by_name() -> None:
    with pytest.raises(ValidationError) as refused:
        SubmitterSchema().load({"email": "a@b\udc80c.org"})

    assert list(refused.value.messages_dict) == ["email"]
