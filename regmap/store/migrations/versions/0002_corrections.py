"""Corrections, the curators who decide them, and what the last release said."""

import hashlib

import sqlalchemy as sa
from alembic import op

from regmap.store.columns import string, text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "released",
        sa.Column("jurisdiction", string(80), primary_key=True),
        sa.Column("substance", string(40), primary_key=True),
        sa.Column("release", string(80), nullable=False),
        sa.Column("digest", string(64), nullable=False),
    )
    _fill_released()
    op.create_table(
        "corrections",
        sa.Column("id", string(40), primary_key=True),
        sa.Column("jurisdiction", string(80), nullable=False),
        sa.Column("substance", string(40), nullable=False),
        sa.Column("state", string(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", string(27), nullable=False),
        sa.Column("changed_at", string(27), nullable=False),
        sa.Column("decided_at", string(27), nullable=True),
        sa.Column("spam", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("submitted_by", string(60), nullable=True),
        sa.Column("submitter_name", string(200), nullable=True),
        sa.Column("submitter_email", string(254), nullable=True),
        sa.Column("secret_hash", string(64), nullable=False),
        sa.Column("key_hash", string(64), nullable=True, unique=True),
        sa.Column("body_hash", string(64), nullable=False),
    )
    op.create_index("corrections_by_state", "corrections", ["state", "submitted_at"])
    op.create_index("corrections_by_subject", "corrections", ["jurisdiction", "substance"])
    op.create_table(
        "correction_events",
        sa.Column("correction", string(40), sa.ForeignKey("corrections.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", string(27), nullable=False),
        sa.Column("kind", string(20), nullable=False),
        sa.Column("by", string(60), nullable=True),
        sa.Column("text", text(), nullable=True),
        sa.Column("document", text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
    )
    op.create_table(
        "curators",
        sa.Column("name", string(60), primary_key=True),
        sa.Column("role", string(20), nullable=False),
        sa.Column("email", string(254), nullable=True),
        sa.Column("password_hash", string(255), nullable=False),
        sa.Column("stamp", string(64), nullable=False),
        sa.Column("added_at", string(27), nullable=False),
        sa.Column("removed_at", string(27), nullable=True),
    )
    op.create_table(
        "tokens",
        sa.Column("id", string(40), primary_key=True),
        sa.Column("curator", string(60), sa.ForeignKey("curators.name"), nullable=False),
        sa.Column("label", string(100), nullable=False),
        sa.Column("hash", string(64), nullable=False, unique=True),
        sa.Column("made_at", string(27), nullable=False),
        sa.Column("expires_at", string(27), nullable=False),
        sa.Column("revoked_at", string(27), nullable=True),
    )
    op.create_index("tokens_by_curator", "tokens", ["curator"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", string(64), nullable=False),
        sa.Column("at", string(27), nullable=False),
    )
    op.create_index("sign_in_attempts_by_key", "sign_in_attempts", ["key", "at"])
    op.create_table(
        "traffic",
        sa.Column("day", string(10), primary_key=True),
        sa.Column("jurisdiction", string(80), primary_key=True),
        sa.Column("count", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    for table in (
        "traffic",
        "sign_in_attempts",
        "tokens",
        "curators",
        "correction_events",
        "corrections",
        "released",
    ):
        op.drop_table(table)


def _fill_released() -> None:
    """Until now every revision came from a release: the newest of each subject is its word."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT jurisdiction, substance, release, document FROM revisions"
            " WHERE release IS NOT NULL ORDER BY revision"
        )
    )
    newest = {(row.jurisdiction, row.substance or ""): row for row in rows}
    for (jurisdiction, substance), row in newest.items():
        if row.document is not None:
            connection.execute(
                sa.text(
                    "INSERT INTO released (jurisdiction, substance, release, digest)"
                    " VALUES (:jurisdiction, :substance, :release, :digest)"
                ),
                {
                    "jurisdiction": jurisdiction,
                    "substance": substance,
                    "release": row.release,
                    "digest": hashlib.sha256(row.document.encode()).hexdigest(),
                },
            )
