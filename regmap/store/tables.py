"""The tables, as the newest migration leaves them (a test compares the two)."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

TABLES_VERSION = "0001"
"""The newest migration."""

# One row per edit, never updated and never deleted. A row with a substance is about a record, one
# without is about the jurisdiction itself. A null document means: removed from the data set.
revisions = Table(
    "revisions",
    metadata,
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("jurisdiction", String(80), nullable=False),
    Column("substance", String(40), nullable=True),
    Column("document", Text, nullable=True),
    # RFC 3339 in UTC with microseconds: sorts as text, and is hashed just as it stands.
    Column("recorded_at", String(27), nullable=False),
    Column("author", String(200), nullable=False),
    Column("reason", Text, nullable=False),
    Column("release", String(80), nullable=True),
    Column("correction", String(40), nullable=True),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    CheckConstraint("revision > 0", name="revision_is_positive"),
    Index("revisions_by_subject", "jurisdiction", "substance", "revision"),
)
