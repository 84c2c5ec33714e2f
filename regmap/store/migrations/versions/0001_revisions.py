"""The revisions: every edit of every document."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revisions",
        sa.Column("revision", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("jurisdiction", sa.String(80), nullable=False),
        sa.Column("substance", sa.String(40), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.String(27), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("release", sa.String(80), nullable=True),
        sa.Column("correction", sa.String(40), nullable=True),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False, unique=True),
        sa.CheckConstraint("revision > 0", name="revision_is_positive"),
    )
    op.create_index("revisions_by_subject", "revisions", ["jurisdiction", "substance", "revision"])


def downgrade() -> None:
    op.drop_index("revisions_by_subject", "revisions")
    op.drop_table("revisions")
