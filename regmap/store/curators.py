"""Curators, their tokens, and attempts to sign in, as the store keeps them.

Everything takes a connection in a transaction: whoever calls says what belongs together. Passwords,
tokens, names and addresses come in as hashes; what they are made with is not known here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from regmap.domain.curators import Curator, Role
from regmap.store.columns import may_be_stored
from regmap.store.revisions import timestamp
from regmap.store.tables import curators, sign_in_attempts, tokens


@dataclass(frozen=True, slots=True)
class Account:
    """A curator with what signing in needs; one with ``removed_at`` cannot any more."""

    curator: Curator
    password_hash: str
    stamp: str
    added_at: datetime
    removed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Token:
    """A token for the API, without the token itself."""

    id: str
    curator: str
    label: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it opens anything at that moment."""
        return self.revoked_at is None and now < self.expires_at


def account(connection: Connection, name: str) -> Account | None:
    """The account of that very name, removed or not."""
    if not may_be_stored(name):
        return None
    row = connection.execute(select(curators).where(curators.c.name == name)).one_or_none()
    return _account(row) if row else None


def accounts(connection: Connection) -> list[Account]:
    """All accounts by name, removed ones too."""
    return [_account(row) for row in connection.execute(select(curators).order_by(curators.c.name))]


def name_like(connection: Connection, name: str) -> str | None:
    """The name that is taken by an account and differs in capitals at most."""
    alike = func.lower(curators.c.name) == name.lower()
    found: str | None = connection.execute(select(curators.c.name).where(alike)).scalar()
    return found


def put(connection: Connection, new: Account) -> None:
    """Write an account, over the removed one of the same name if there is one."""
    row = {
        "role": new.curator.role.value,
        "email": new.curator.email,
        "password_hash": new.password_hash,
        "stamp": new.stamp,
        "added_at": timestamp(new.added_at),
        "removed_at": None,
    }
    if account(connection, new.curator.name):  # decisions and tokens refer to it: it stays
        _update(connection, new.curator.name, row)
    else:
        connection.execute(insert(curators).values(name=new.curator.name, **row))


def set_password(connection: Connection, name: str, password_hash: str, stamp: str) -> None:
    """Give an account another password, which ends its sessions."""
    _update(connection, name, {"password_hash": password_hash, "stamp": stamp})


def set_hash(connection: Connection, name: str, old: str, new: str) -> None:
    """Write the same password's hash of other parameters, unless it was changed meanwhile."""
    unchanged = (curators.c.name == name) & (curators.c.password_hash == old)
    connection.execute(update(curators).where(unchanged).values(password_hash=new))


def set_stamp(connection: Connection, name: str, stamp: str) -> None:
    """End all sessions of an account."""
    _update(connection, name, {"stamp": stamp})


def remove(connection: Connection, name: str, stamp: str, now: datetime) -> None:
    """Close an account: its sessions end, its tokens are revoked."""
    _update(connection, name, {"stamp": stamp, "removed_at": timestamp(now)})
    open_ones = (tokens.c.curator == name) & tokens.c.revoked_at.is_(None)
    connection.execute(update(tokens).where(open_ones).values(revoked_at=timestamp(now)))


def add_token(connection: Connection, new: Token, digest: str) -> None:
    """Write a token."""
    connection.execute(
        insert(tokens).values(
            id=new.id,
            curator=new.curator,
            label=new.label,
            hash=digest,
            made_at=timestamp(new.made_at),
            expires_at=timestamp(new.expires_at),
            revoked_at=None,
        )
    )


def tokens_of(connection: Connection, name: str) -> list[Token]:
    """The tokens of a curator that were not revoked, newest first."""
    kept = (tokens.c.curator == name) & tokens.c.revoked_at.is_(None)
    rows = connection.execute(
        select(tokens).where(kept).order_by(tokens.c.made_at.desc(), tokens.c.id)
    )
    return [_token(row) for row in rows]


def token_by_hash(connection: Connection, digest: str) -> Token | None:
    """The token of that hash, whether it still holds or not."""
    row = connection.execute(select(tokens).where(tokens.c.hash == digest)).one_or_none()
    return _token(row) if row else None


def revoke_token(connection: Connection, name: str, id: str, now: datetime) -> bool:
    """Revoke a token of that curator, and say whether there was one."""
    open_one = (tokens.c.curator == name) & (tokens.c.id == id) & tokens.c.revoked_at.is_(None)
    done = connection.execute(update(tokens).where(open_one).values(revoked_at=timestamp(now)))
    return bool(done.rowcount)


def attempts(connection: Connection, key: str) -> list[datetime]:
    """When there were attempts under a key, oldest first."""
    found = connection.execute(
        select(sign_in_attempts.c.at)
        .where(sign_in_attempts.c.key == key)
        .order_by(sign_in_attempts.c.at)
    )
    return [_moment(at) for at in found.scalars()]


def add_attempt(connection: Connection, keys: Sequence[str], now: datetime) -> None:
    """Write one attempt under each of its keys.

    Its rows have consecutive ids: by them it can be deleted whole.
    """
    last: int | None = connection.execute(select(func.max(sign_in_attempts.c.id))).scalar()
    first = (last or 0) + 1
    connection.execute(
        insert(sign_in_attempts),
        [{"id": first + n, "key": key, "at": timestamp(now)} for n, key in enumerate(keys)],
    )


def drop_attempts(connection: Connection, keys: Sequence[str]) -> None:
    """Delete, under all its keys, every attempt that was written with these ``keys``."""
    rows = sign_in_attempts.c
    first = connection.execute(select(rows.id).where(rows.key == keys[0])).scalars().all()
    for number, key in enumerate(keys):
        own = rows.id.in_([id + number for id in first]) & (rows.key == key)
        connection.execute(delete(sign_in_attempts).where(own))


def drop_attempts_before(connection: Connection, moment: datetime) -> None:
    """Delete the attempts that are older."""
    connection.execute(delete(sign_in_attempts).where(sign_in_attempts.c.at <= timestamp(moment)))


def _update(connection: Connection, name: str, values: Mapping[str, Any]) -> None:
    connection.execute(update(curators).where(curators.c.name == name).values(**values))


def _account(row: Row[Any]) -> Account:
    return Account(
        curator=Curator(row.name, Role(row.role), row.email),
        password_hash=row.password_hash,
        stamp=row.stamp,
        added_at=_moment(row.added_at),
        removed_at=_moment(row.removed_at) if row.removed_at else None,
    )


def _token(row: Row[Any]) -> Token:
    return Token(
        id=row.id,
        curator=row.curator,
        label=row.label,
        made_at=_moment(row.made_at),
        expires_at=_moment(row.expires_at),
        revoked_at=_moment(row.revoked_at) if row.revoked_at else None,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
