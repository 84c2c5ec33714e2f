"""Accounts, tokens and attempts as rows: nothing is lost, nothing stays too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from regmap.domain.curators import Curator, Role
from regmap.domain.errors import DataProblem
from regmap.store import curators as store
from regmap.store.curators import Account, Token
from regmap.store.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANA = Account(Curator("ana", Role.REVIEWER, "ana@example.org"), "hash", "stamp", NOW, None)
BO = Account(Curator("Bo", Role.ADMIN), "hash of Bo", "stamp of Bo", NOW, None)
LAPTOP = Token("t1", "ana", "laptop", NOW, NOW + timedelta(days=1), None)


@pytest.fixture
def filled(database: Database) -> Database:
    with database.writing() as connection:
        store.put(connection, ANA)
        store.put(connection, BO)
        store.add_token(connection, LAPTOP, "digest")
    return database


def test_a_new_database_has_no_account_at_all(database: Database) -> None:
    with database.reading() as connection:
        assert store.accounts(connection) == []


def test_accounts_come_back_as_they_were_put(filled: Database) -> None:
    with filled.reading() as connection:
        assert store.accounts(connection) == [BO, ANA]
        assert store.account(connection, "ana") == ANA
        assert store.account(connection, "ANA") is None
        assert store.name_like(connection, "ANA") == "ana"
        assert store.name_like(connection, "an_") is None


def test_a_removed_account_stays_with_its_tokens_revoked(filled: Database) -> None:
    with filled.writing() as connection:
        store.remove(connection, "ana", "another", NOW)

    with filled.reading() as connection:
        assert store.account(connection, "ana") == replace(ANA, stamp="another", removed_at=NOW)
        assert store.tokens_of(connection, "ana") == []
        assert store.token_by_hash(connection, "digest") == replace(LAPTOP, revoked_at=NOW)
        assert store.account(connection, "Bo") == BO


def test_an_account_that_is_put_again_opens_with_its_new_password_alone(filled: Database) -> None:
    again = replace(ANA, password_hash="new", stamp="newer", added_at=NOW + timedelta(days=1))
    with filled.writing() as connection:
        store.remove(connection, "ana", "another", NOW)
        store.put(connection, again)

    with filled.reading() as connection:
        assert store.account(connection, "ana") == again
        assert store.tokens_of(connection, "ana") == []


def test_a_hash_is_not_renewed_over_a_password_that_was_changed_meanwhile(
    filled: Database,
) -> None:
    with filled.writing() as connection:
        store.set_password(connection, "ana", "changed", "new stamp")
        store.set_hash(connection, "ana", "hash", "the same with more passes")

    with filled.reading() as connection:
        found = store.account(connection, "ana")
    assert found is not None
    assert (found.password_hash, found.stamp) == ("changed", "new stamp")


def test_a_token_is_revoked_by_its_curator_alone_and_once(filled: Database) -> None:
    with filled.writing() as connection:
        assert not store.revoke_token(connection, "Bo", "t1", NOW)
        assert store.revoke_token(connection, "ana", "t1", NOW)
        assert not store.revoke_token(connection, "ana", "t1", NOW)


def test_a_token_belongs_to_a_curator_who_exists(database: Database) -> None:
    with pytest.raises(DataProblem), database.writing() as connection:
        store.add_token(connection, LAPTOP, "digest")


def test_a_token_holds_until_its_last_moment() -> None:
    assert LAPTOP.holds(NOW)
    assert LAPTOP.holds(LAPTOP.expires_at - timedelta(microseconds=1))
    assert not LAPTOP.holds(LAPTOP.expires_at)
    assert not replace(LAPTOP, revoked_at=NOW).holds(NOW)


def test_an_attempt_goes_whole_and_leaves_those_of_others(database: Database) -> None:
    with database.writing() as connection:
        for address in ("a1", "a2", "a1"):  # all at the same moment
            store.add_attempt(connection, [f"pair-{address}", "name", address], NOW)
        store.add_attempt(connection, ["pair-other", "other", "a1"], NOW)
        store.drop_attempts(connection, ["pair-a1", "name", "a1"])

    with database.reading() as connection:
        left = {key: len(store.attempts(connection, key)) for key in KEYS}
    assert left == {"pair-a1": 0, "pair-a2": 1, "pair-other": 1, "name": 1, "a1": 1, "a2": 1}


KEYS = ("pair-a1", "pair-a2", "pair-other", "name", "a1", "a2")


def test_old_attempts_go_and_young_ones_stay_in_order(database: Database) -> None:
    moments = [NOW + timedelta(minutes=minute) for minute in (0, 5, 10)]
    with database.writing() as connection:
        for moment in moments:
            store.add_attempt(connection, ["pair", "name"], moment)
        store.drop_attempts_before(connection, moments[0])

    with database.reading() as connection:
        assert store.attempts(connection, "pair") == moments[1:]
        assert store.attempts(connection, "name") == moments[1:]
