"""Letting curators in, and nobody else: passwords, sessions, tokens, and how often one may try."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from regmap.domain.curators import Curator, Role
from regmap.domain.errors import InvalidValue, NotSignedIn, TooMany
from regmap.services import curators as service
from regmap.services.curators import PER_PAIR, Curators
from regmap.store import curators as store
from regmap.store.database import Database
from tests.services.curating import (
    AWAY,
    HOME,
    KEY,
    NOW,
    OTHER,
    PASSWORD,
    cheap,
    curators,
    everything_in,
    fail,
)

__all__ = ["cheap", "curators"]  # fixtures


# --- Who they are. ------------------------------------------------------------------------------


def test_there_is_no_account_that_nobody_made(database: Database) -> None:
    fresh = Curators(database, KEY)

    assert fresh.list() == []
    for name in ("admin", "root", "curator", ""):
        with pytest.raises(NotSignedIn):
            fresh.sign_in(name, name, HOME, NOW)


def test_curators_are_listed_with_role_and_address(curators: Curators) -> None:
    assert [one.curator for one in curators.list()] == [
        Curator("ana", Role.REVIEWER, "ana@example.org"),
        Curator("bo", Role.ADMIN),
    ]


@pytest.mark.parametrize("name", ["ana", "Ana", "ANA"])
def test_a_name_is_given_once_however_it_is_written(curators: Curators, name: str) -> None:
    with pytest.raises(InvalidValue, match="ana is there already"):
        curators.add(name, Role.ADMIN, PASSWORD, NOW)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "x"}, "name"),
        ({"password": "short"}, "password"),
        ({"name": "long-enough-name", "password": "Long-Enough-Name"}, "password"),
        ({"email": "nobody"}, "email"),
    ],
)
def test_what_cannot_be_used_is_named_and_nobody_is_added(
    curators: Curators, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidValue) as raised:
        curators.add(
            **{"name": "cy", "role": Role.ADMIN, "password": PASSWORD, "now": NOW, **given}
        )

    assert set(raised.value.errors) == {field}
    assert len(curators.list()) == 2


def test_a_removed_curator_cannot_do_anything_and_can_be_let_in_again(curators: Curators) -> None:
    before = curators.sign_in("ana", PASSWORD, HOME, NOW)
    token = curators.make_token("ana", "laptop", NOW)
    curators.remove("ana", NOW)

    assert curators.by_stamp("ana", before.stamp) is None
    assert curators.by_token(token, NOW) is None
    with pytest.raises(NotSignedIn):
        curators.sign_in("ana", PASSWORD, HOME, NOW)
    with pytest.raises(InvalidValue):
        curators.remove("ana", NOW)
    with pytest.raises(InvalidValue, match="ana is there already"):
        curators.add("Ana", Role.REVIEWER, OTHER, NOW)  # the ledger knows an ana

    curators.add("ana", Role.REVIEWER, OTHER, NOW)
    assert curators.sign_in("ana", OTHER, HOME, NOW).curator.name == "ana"
    assert curators.by_stamp("ana", before.stamp) is None
    assert curators.by_token(token, NOW) is None


# --- Passwords. ---------------------------------------------------------------------------------


def test_the_right_password_lets_in(curators: Curators) -> None:
    signed = curators.sign_in("ana", PASSWORD, HOME, NOW)

    assert signed.curator == Curator("ana", Role.REVIEWER, "ana@example.org")
    assert curators.by_stamp("ana", signed.stamp) == signed.curator


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ana", "wrong wrong wrong"),
        ("ana", OTHER),
        ("ana", ""),
        ("ana", PASSWORD + "\x00"),
        ("ana", "x" * 100_000),
        ("Ana", PASSWORD),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("ana' OR '1'='1", PASSWORD),
    ],
)
def test_a_wrong_one_is_refused_without_saying_what_was_wrong(
    curators: Curators, name: str, password: str
) -> None:
    with pytest.raises(NotSignedIn) as raised:
        curators.sign_in(name, password, HOME, NOW)
    assert str(raised.value) == "Name or password is wrong."


def test_an_unknown_name_costs_the_same_work_as_a_known_one(
    curators: Curators, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    plain = Argon2Hasher.verify

    def noted(self: Argon2Hasher, password: str, known: str) -> bool:
        verified.append(known.rsplit("$", 2)[0])
        return plain(self, password, known)

    monkeypatch.setattr(Argon2Hasher, "verify", noted)
    fail(curators, 1, "ana")
    fail(curators, 1, "nobody")

    assert len(verified) == 2
    assert verified[0] == verified[1]


def test_a_password_is_the_same_however_a_keyboard_writes_its_letters(curators: Curators) -> None:
    curators.add("cy", Role.REVIEWER, "caf\u00e9 caf\u00e9 caf\u00e9", NOW)

    assert curators.sign_in("cy", "cafe\u0301 cafe\u0301 cafe\u0301", HOME, NOW)


def test_passwords_are_kept_as_argon2_hashes_alone(curators: Curators, database: Database) -> None:
    with database.reading() as connection:
        hashes = [one.password_hash for one in store.accounts(connection)]

    assert all(one.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for one in hashes)
    assert PASSWORD not in everything_in(database)


def test_a_hash_of_older_parameters_is_renewed_when_its_curator_signs_in(
    curators: Curators, database: Database
) -> None:
    weak = Argon2Hasher(memory_cost=64, time_cost=1, parallelism=1).hash(PASSWORD)
    with database.writing() as connection:
        store.set_password(connection, "ana", weak, "stamp")

    signed = curators.sign_in("ana", PASSWORD, HOME, NOW)

    with database.reading() as connection:
        found = store.account(connection, "ana")
    assert found is not None
    assert "m=19456,t=2" in found.password_hash
    assert found.stamp == signed.stamp == "stamp"  # the same password: no session ends


def test_a_changed_password_ends_all_sessions_but_the_new_one(curators: Curators) -> None:
    old = curators.sign_in("ana", PASSWORD, HOME, NOW)

    new = curators.change_password("ana", PASSWORD, OTHER, NOW)

    assert curators.by_stamp("ana", old.stamp) is None
    assert curators.by_stamp("ana", new.stamp) == new.curator
    assert curators.sign_in("ana", OTHER, HOME, NOW)
    fail(curators, 1)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("wrong wrong wrong", OTHER, "old"), (PASSWORD, "short", "new"), (PASSWORD, "x" * 201, "new")],
)
def test_a_password_is_not_changed_without_the_old_and_a_good_new_one(
    curators: Curators, old: str, new: str, field: str
) -> None:
    with pytest.raises(InvalidValue) as raised:
        curators.change_password("ana", old, new, NOW)

    assert set(raised.value.errors) == {field}
    assert curators.sign_in("ana", PASSWORD, HOME, NOW)


def test_the_old_password_cannot_be_guessed_from_within_a_session(curators: Curators) -> None:
    for _ in range(PER_PAIR):
        with pytest.raises(InvalidValue):
            curators.change_password("ana", "wrong wrong wrong", OTHER, NOW)
    with pytest.raises(TooMany):
        curators.change_password("ana", PASSWORD, OTHER, NOW)


def test_the_operator_sets_a_password_without_the_old_one(curators: Curators) -> None:
    before = curators.sign_in("ana", PASSWORD, HOME, NOW)

    curators.set_password("ana", OTHER)

    assert curators.by_stamp("ana", before.stamp) is None
    assert curators.sign_in("ana", OTHER, HOME, NOW)
    with pytest.raises(InvalidValue, match="nobody"):
        curators.set_password("nobody", OTHER)


# --- Sessions. ----------------------------------------------------------------------------------


def test_signing_out_ends_every_session(curators: Curators) -> None:
    here = curators.sign_in("ana", PASSWORD, HOME, NOW)
    there = curators.sign_in("bo", OTHER, AWAY, NOW)

    curators.end_sessions("ana")

    assert curators.by_stamp("ana", here.stamp) is None
    assert curators.by_stamp("bo", there.stamp) == there.curator


@pytest.mark.parametrize("stamp", ["", "x", "é", "0" * 64])
def test_a_made_up_stamp_is_nobodys(curators: Curators, stamp: str) -> None:
    assert curators.by_stamp("ana", stamp) is None
    assert curators.by_stamp("nobody", stamp) is None


def test_the_stamp_of_one_curator_is_not_that_of_another(curators: Curators) -> None:
    signed = curators.sign_in("ana", PASSWORD, HOME, NOW)

    assert curators.by_stamp("bo", signed.stamp) is None


# --- Tokens. ------------------------------------------------------------------------------------


def test_a_token_says_who_calls_and_is_kept_as_a_hash_alone(
    curators: Curators, database: Database
) -> None:
    text = curators.make_token("ana", " laptop ", NOW, days=30)

    assert text.startswith("regmap_")
    assert len(text) == len("regmap_") + 43
    assert curators.by_token(text, NOW) == Curator("ana", Role.REVIEWER, "ana@example.org")
    kept = everything_in(database)
    assert text not in kept
    assert text.removeprefix("regmap_") not in kept
    assert hashlib.sha256(text.encode()).hexdigest() in kept
    [listed] = curators.tokens("ana")
    assert (listed.label, listed.expires_at) == ("laptop", NOW + timedelta(days=30))


def test_a_token_that_expired_or_was_revoked_is_nobodys(curators: Curators) -> None:
    short, long = (curators.make_token("ana", "x", NOW, days) for days in (1, 365))
    later = NOW + timedelta(days=1)

    assert curators.by_token(short, later) is None
    assert curators.by_token(long, later) is not None
    for token in curators.tokens("ana"):
        curators.revoke_token("ana", token.id, later)
    assert curators.by_token(long, later) is None
    assert curators.tokens("ana") == []


@pytest.mark.parametrize(
    "forge",
    [
        lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"),
        lambda text: text[:-1],
        lambda text: text + "A",
        lambda text: text.upper(),
        lambda text: text.removeprefix("regmap_"),
        lambda text: f" {text}",
        lambda text: f"{text}\n",
        lambda text: hashlib.sha256(text.encode()).hexdigest(),
        lambda text: "",
        lambda text: "regmap_" + "é" * 43,
    ],
)
def test_a_forged_token_is_nobodys(curators: Curators, forge: Any) -> None:
    text = curators.make_token("ana", "laptop", NOW)

    assert curators.by_token(forge(text), NOW) is None


def test_nobody_revokes_the_token_of_another(curators: Curators) -> None:
    text = curators.make_token("ana", "laptop", NOW)
    [token] = curators.tokens("ana")

    with pytest.raises(InvalidValue):
        curators.revoke_token("bo", token.id, NOW)
    assert curators.by_token(text, NOW) is not None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "nobody"}, "name"),
        ({"label": " "}, "label"),
        ({"label": "x" * 101}, "label"),
        ({"days": 0}, "days"),
        ({"days": 731}, "days"),
    ],
)
def test_a_token_needs_a_curator_a_label_and_an_end(
    curators: Curators, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidValue) as raised:
        curators.make_token(**{"name": "ana", "label": "laptop", "now": NOW, **given})
    assert set(raised.value.errors) == {field}


def test_a_curator_keeps_a_bounded_number_of_tokens(curators: Curators) -> None:
    for number in range(service.MOST_TOKENS):
        curators.make_token("ana", f"number {number}", NOW)
    with pytest.raises(InvalidValue, match="revoke one"):
        curators.make_token("ana", "one more", NOW)

    curators.revoke_token("ana", curators.tokens("ana")[0].id, NOW)
    assert curators.make_token("ana", "one more", NOW)
