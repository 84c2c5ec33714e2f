"""The tables, as the newest migration leaves them (a test compares the two)."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
)

from regmap.store.columns import string, text

metadata = MetaData()

TABLES_VERSION = "0002"
"""The newest migration."""

# One row per edit, never updated and never deleted. A row with a substance is about a record, one
# without is about the jurisdiction itself. A null document means: removed from the data set.
revisions = Table(
    "revisions",
    metadata,
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("jurisdiction", string(80), nullable=False),
    Column("substance", string(40), nullable=True),
    Column("document", text(), nullable=True),
    # RFC 3339 in UTC with microseconds: sorts as text, and is hashed just as it stands.
    Column("recorded_at", string(27), nullable=False),
    Column("author", string(200), nullable=False),
    Column("reason", text(), nullable=False),
    Column("release", string(80), nullable=True),
    Column("correction", string(40), nullable=True),
    Column("previous_hash", string(64), nullable=False),
    Column("hash", string(64), nullable=False, unique=True),
    CheckConstraint("revision > 0", name="revision_is_positive"),
    Index("revisions_by_subject", "jurisdiction", "substance", "revision"),
)

# What the last loaded release said of each subject, as a digest (``revisions.digest``): so that the
# next one knows what was corrected here since. The substance is "" for the jurisdiction itself.
released = Table(
    "released",
    metadata,
    Column("jurisdiction", string(80), primary_key=True),
    Column("substance", string(40), primary_key=True),
    Column("release", string(80), nullable=False),
    Column("digest", string(64), nullable=False),
)

# One row per correction: where it stands now. What was ever said in it stands in its events.
corrections = Table(
    "corrections",
    metadata,
    Column("id", string(40), primary_key=True),
    Column("jurisdiction", string(80), nullable=False),
    Column("substance", string(40), nullable=False),
    Column("state", string(20), nullable=False),
    # Grows with every change of the row, so that a decision can name what it read.
    Column("version", Integer, nullable=False),
    Column("submitted_at", string(27), nullable=False),
    Column("changed_at", string(27), nullable=False),
    Column("decided_at", string(27), nullable=True),
    Column("spam", Boolean(create_constraint=False), nullable=False),
    # The revision of the record that the submitter saw (0: there was none), and the one accepted.
    Column("base_revision", Integer, nullable=False),
    Column("revision", Integer, nullable=True),
    # The curator who submitted it, if one did: nobody decides their own.
    Column("submitted_by", string(60), nullable=True),
    # The contact: for curators alone, and erased on request.
    Column("submitter_name", string(200), nullable=True),
    Column("submitter_email", string(254), nullable=True),
    Column("secret_hash", string(64), nullable=False),
    # Of the Idempotency-Key, and of what was sent with it.
    Column("key_hash", string(64), nullable=True, unique=True),
    Column("body_hash", string(64), nullable=False),
    Index("corrections_by_state", "state", "submitted_at"),
    Index("corrections_by_subject", "jurisdiction", "substance"),
)

# Everything that happened to a correction: append-only. ``document`` holds what was sent or decided
# (message, proposed, sources; the accepted record), as JSON.
correction_events = Table(
    "correction_events",
    metadata,
    Column("correction", string(40), ForeignKey("corrections.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", string(27), nullable=False),
    Column("kind", string(20), nullable=False),
    # A curator's name; null: the submitter.
    Column("by", string(60), nullable=True),
    Column("text", text(), nullable=True),
    Column("document", text(), nullable=True),
    Column("revision", Integer, nullable=True),
)

# Never deleted, because decisions are attributed to them; one with ``removed_at`` cannot sign in.
curators = Table(
    "curators",
    metadata,
    Column("name", string(60), primary_key=True),
    Column("role", string(20), nullable=False),
    Column("email", string(254), nullable=True),
    Column("password_hash", string(255), nullable=False),
    # Random, renewed with the password and on removal: sessions that carry an older one end.
    Column("stamp", string(64), nullable=False),
    Column("added_at", string(27), nullable=False),
    Column("removed_at", string(27), nullable=True),
)

# API tokens, as SHA-256 hashes only.
tokens = Table(
    "tokens",
    metadata,
    Column("id", string(40), primary_key=True),
    Column("curator", string(60), ForeignKey("curators.name"), nullable=False),
    Column("label", string(100), nullable=False),
    Column("hash", string(64), nullable=False, unique=True),
    Column("made_at", string(27), nullable=False),
    Column("expires_at", string(27), nullable=False),
    Column("revoked_at", string(27), nullable=True),
    Index("tokens_by_curator", "curator"),
)

# Attempts to sign in, under keyed hashes of names and addresses; deleted when their time is over.
sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", string(64), nullable=False),
    Column("at", string(27), nullable=False),
    Index("sign_in_attempts_by_key", "key", "at"),
)

# How often each jurisdiction was asked for on a day (UTC). No more than that is counted.
traffic = Table(
    "traffic",
    metadata,
    Column("day", string(10), primary_key=True),
    Column("jurisdiction", string(80), primary_key=True),
    Column("count", Integer, nullable=False),
)
