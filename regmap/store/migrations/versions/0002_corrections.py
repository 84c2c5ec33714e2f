"""Corrections, the curators who decide them, and what the last release said."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "released",
        sa.Column("jurisdiction", sa.String(80), primary_key=True),
        sa.Column("substance", sa.String(40), primary_key=True),
        sa.Column("release", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    _fill_released()
    op.create_table(
        "corrections",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("jurisdiction", sa.String(80), nullable=False),
        sa.Column("substance", sa.String(40), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.String(27), nullable=False),
        sa.Column("changed_at", sa.String(27), nullable=False),
        sa.Column("decided_at", sa.String(27), nullable=True),
        sa.Column("spam", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("submitted_by", sa.String(60), nullable=True),
        sa.Column("submitter_name", sa.String(200), nullable=True),
        sa.Column("submitter_email", sa.String(254), nullable=True),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=True, unique=True),
        sa.Column("body_hash", sa.String(64), nullable=False),
    )
    op.create_index("corrections_by_state", "corrections", ["state", "submitted_at"])
    op.create_index("corrections_by_subject", "corrections", ["jurisdiction", "substance"])
    op.create_table(
        "correction_events",
        sa.Column("correction", sa.String(40), sa.ForeignKey("corrections.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("by", sa.String(60), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
    )
    op.create_table(
        "curators",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("stamp", sa.String(64), nullable=False),
        sa.Column("added_at", sa.String(27), nullable=False),
        sa.Column("removed_at", sa.String(27), nullable=True),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("curator", sa.String(60), sa.ForeignKey("curators.name"), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.Column("made_at", sa.String(27), nullable=False),
        sa.Column("expires_at", sa.String(27), nullable=False),
        sa.Column("revoked_at", sa.String(27), nullable=True),
    )
    op.create_index("tokens_by_curator", "tokens", ["curator"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
    )
    op.create_index("sign_in_attempts_by_key", "sign_in_attempts", ["key", "at"])
    op.create_table(
        "traffic",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("jurisdiction", sa.String(80), primary_key=True),
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
