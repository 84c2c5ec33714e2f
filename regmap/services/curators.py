"""Curators and how they are known: by name and password, by a session's stamp, by a token.

Passwords are kept as argon2 hashes, tokens as SHA-256 (they are random, nothing need be slowed
down), and who tried to sign in as keyed hashes that nobody can turn back without the secret key.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from regmap.domain.curators import (
    Curator,
    Role,
    check_email,
    check_label,
    check_name,
    check_password,
)
from regmap.domain.errors import InvalidValue, NotSignedIn, TooMany
from regmap.domain.wording import said
from regmap.store import curators as store
from regmap.store.curators import Account, Token
from regmap.store.database import Database

WINDOW = timedelta(minutes=15)
"""How long an attempt to sign in counts."""

PER_PAIR, PER_NAME, PER_ADDRESS = 5, 50, 20
"""Attempts in that time: for a name from an address, for a name, from an address."""

MOST_TOKENS = 20
LONGEST_TOKEN_DAYS = 730

# OWASP's parameters for argon2id. More would be no safer against guessing, which is throttled, and
# a worker answers nobody else while it hashes (one thread).
_MEMORY_KIB, _PASSES, _LANES = 19_456, 2, 1
_TOKEN = re.compile(r"regmap_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A curator who gave the password; ``stamp`` is what their session has to carry."""

    curator: Curator
    stamp: str


class Curators:
    """The curators of one database.

    Every ``now`` is a moment with a time zone.

    :param key: the secret key under which attempts to sign in are counted.
    """

    def __init__(self, database: Database, key: str) -> None:
        self._database = database
        self._key = key.encode()
        self._hasher = PasswordHash(
            (Argon2Hasher(memory_cost=_MEMORY_KIB, time_cost=_PASSES, parallelism=_LANES),)
        )

    # --- Who they are. --------------------------------------------------------------------------

    def add(
        self, name: str, role: Role, password: str, now: datetime, email: str | None = None
    ) -> Curator:
        """Add a curator, or let a removed one back in with a new password.

        :raises InvalidValue: naming what cannot be used: ``name``, ``email`` or ``password``.
        """
        check_name(name)
        password = _normal(password)
        check_password(password, name)
        if email is not None:
            check_email(email)
        curator = Curator(name, role, email)
        new = Account(curator, self._hasher.hash(password), _stamp(), now, None)
        with self._database.writing() as connection:
            taken = store.name_like(connection, name)
            before = store.account(connection, taken) if taken else None
            if before and (before.removed_at is None or taken != name):
                raise InvalidValue({"name": [said("{name} is there already.", name=taken)]})
            store.put(connection, new)
        return curator

    def list(self) -> Sequence[Account]:
        """All curators by name, removed ones too: their decisions stay theirs."""
        with self._database.reading() as connection:
            return store.accounts(connection)

    def remove(self, name: str, now: datetime) -> None:
        """Let a curator in no more: sessions end, tokens are revoked.

        :raises InvalidValue: naming ``name``, if there is no such curator.
        """
        with self._database.writing() as connection:
            _present(store.account(connection, name), name)
            store.remove(connection, name, _stamp(), now)

    # --- Passwords and sessions. ----------------------------------------------------------------

    def sign_in(self, name: str, password: str, address: str, now: datetime) -> SignedIn:
        """Let a curator in by the password.

        The attempt is on record before the password is looked at, so that attempts at the same
        time, in whatever worker, cannot outrun the count.

        :param address: where the attempt comes from.
        :raises NotSignedIn: for a wrong name or password, without saying which.
        :raises TooMany: after too many attempts; nothing was checked then.
        """
        keys = self._keys(name, address)
        self._count({keys[0]: PER_PAIR, keys[1]: PER_NAME, keys[2]: PER_ADDRESS}, now)
        with self._database.reading() as connection:
            found = store.account(connection, name)
        # an unknown name costs the same time as a known one
        known = found.password_hash if found else _nobodys_hash()
        matches, renewed = self._hasher.verify_and_update(_normal(password), known)
        if not matches or found is None or found.removed_at:
            raise NotSignedIn(said("Name or password is wrong."))
        with self._database.writing() as connection:
            store.drop_attempts(connection, keys)
            if renewed:
                store.set_hash(connection, name, known, renewed)
        return SignedIn(found.curator, found.stamp)

    def change_password(self, name: str, old: str, new: str, now: datetime) -> SignedIn:
        """Change a password; all sessions end but the one that is given the new stamp.

        :raises InvalidValue: naming ``old`` or ``new``.
        :raises TooMany: after too many wrong old ones.
        """
        check_password(_normal(new), name, "new")
        keys = [self._hashed("change", name)]
        self._count({keys[0]: PER_PAIR}, now)
        with self._database.reading() as connection:
            found = store.account(connection, name)
        if found is None or not self._hasher.verify(_normal(old), found.password_hash):
            raise InvalidValue({"old": [said("This is not the present password.")]})
        changed = self._set_password(name, new)
        with self._database.writing() as connection:
            store.drop_attempts(connection, keys)
        return changed

    def set_password(self, name: str, new: str) -> None:
        """Set a password without knowing the old one, as the operator may; all sessions end.

        :raises InvalidValue: naming ``name`` or ``password``.
        """
        check_password(_normal(new), name)
        self._set_password(name, new)

    def end_sessions(self, name: str) -> None:
        """End every session of a curator: a copied cookie is worth nothing after signing out."""
        with self._database.writing() as connection:
            store.set_stamp(connection, name, _stamp())

    def by_stamp(self, name: str, stamp: str) -> Curator | None:
        """Whose session it is, or None if it ended."""
        with self._database.reading() as connection:
            found = store.account(connection, name)
        if (
            found is None
            or found.removed_at
            or not hmac.compare_digest(found.stamp.encode(), stamp.encode())
        ):
            return None
        return found.curator

    # --- Tokens for the API. --------------------------------------------------------------------

    def tokens(self, name: str) -> Sequence[Token]:
        """The tokens of a curator that were not revoked, newest first; some may have expired."""
        with self._database.reading() as connection:
            return store.tokens_of(connection, name)

    def make_token(self, name: str, label: str, now: datetime, days: int = 365) -> str:
        """Make a token and return it: the only time that anybody sees it.

        :raises InvalidValue: naming ``name``, ``label`` or ``days``.
        """
        label = label.strip()
        check_label(label)
        if not 1 <= days <= LONGEST_TOKEN_DAYS:
            told = said("Must be from 1 to {most}.", most=LONGEST_TOKEN_DAYS)
            raise InvalidValue({"days": [told]})
        text = f"regmap_{secrets.token_urlsafe(32)}"
        new = Token(secrets.token_hex(8), name, label, now, now + timedelta(days=days), None)
        with self._database.writing() as connection:
            _present(store.account(connection, name), name)
            if len(store.tokens_of(connection, name)) >= MOST_TOKENS:
                told = said("There are {most} tokens; revoke one first.", most=MOST_TOKENS)
                raise InvalidValue({"label": [told]})
            store.add_token(connection, new, _token_hash(text))
        return text

    def revoke_token(self, name: str, id: str, now: datetime) -> None:
        """Let a token open nothing any more.

        :raises InvalidValue: naming ``token``, if the curator has no such token.
        """
        with self._database.writing() as connection:
            if not store.revoke_token(connection, name, id, now):
                raise InvalidValue({"token": [said("There is no such token.")]})

    def by_token(self, text: str, now: datetime) -> Curator | None:
        """Whose token it is; None if it is forged, expired or revoked, or the curator removed."""
        if not _TOKEN.fullmatch(text):
            return None
        with self._database.reading() as connection:
            token = store.token_by_hash(connection, _token_hash(text))
            if token is None or not token.holds(now):
                return None
            found = store.account(connection, token.curator)
        return found.curator if found and found.removed_at is None else None

    # --- How often. -----------------------------------------------------------------------------

    def _keys(self, name: str, address: str) -> tuple[str, str, str]:
        who = unicodedata.normalize("NFKC", name).casefold()
        return (
            self._hashed("pair", who, address),
            self._hashed("name", who),
            self._hashed("address", address),
        )

    def _hashed(self, *parts: str) -> str:
        # lengths in front: no two lists of parts make one text
        text = "".join(f"{len(part)}:{part}" for part in ("sign-in", *parts))
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def _count(self, limits: Mapping[str, int], now: datetime) -> None:
        """Write an attempt down under its keys, or refuse it; a refused one is not counted."""
        with self._database.writing() as connection:
            store.drop_attempts_before(connection, now - WINDOW)
            waits = [
                (moments[-limit] + WINDOW - now).total_seconds()
                for key, limit in limits.items()
                if len(moments := store.attempts(connection, key)) >= limit
            ]
            if not waits:
                store.add_attempt(connection, list(limits), now)
        if waits:
            minutes = max(1, -(-int(max(waits)) // 60))
            raise TooMany(
                said("Too many attempts. Please try again in {minutes} min.", minutes=minutes),
                retry_after=int(max(waits)) + 1,
            )

    def _set_password(self, name: str, new: str) -> SignedIn:
        hashed, stamp = self._hasher.hash(_normal(new)), _stamp()
        with self._database.writing() as connection:
            curator = _present(store.account(connection, name), name).curator
            store.set_password(connection, name, hashed, stamp)
        return SignedIn(curator, stamp)


def _present(found: Account | None, name: str) -> Account:
    if found is None or found.removed_at:
        raise InvalidValue({"name": [said("No curator has the name {name}.", name=name)]})
    return found


def _normal(password: str) -> str:
    """A password as it is hashed: keyboards write one letter in several ways."""
    return unicodedata.normalize("NFKC", password)


def _stamp() -> str:
    return secrets.token_hex(32)


def _token_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _nobodys_hash() -> str:
    """A hash as costly to check as a real one, which no password has."""
    salt, digest = (b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (16, 32))
    return f"$argon2id$v=19$m={_MEMORY_KIB},t={_PASSES},p={_LANES}${salt}${digest}"
