"""The revisions: every edit of every document."""

import sqlalchemy as sa
from alembic import op

from regmap.store.columns import string, text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revisions",
        sa.Column("revision", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("jurisdiction", string(80), nullable=False),
        sa.Column("substance", string(40), nullable=True),
        sa.Column("document", text(), nullable=True),
        sa.Column("recorded_at", string(27), nullable=False),
        sa.Column("author", string(200), nullable=False),
        sa.Column("reason", text(), nullable=False),
        sa.Column("release", string(80), nullable=True),
        sa.Column("correction", string(40), nullable=True),
        sa.Column("previous_hash", string(64), nullable=False),
        sa.Column("hash", string(64), nullable=False, unique=True),
        sa.CheckConstraint("revision > 0", name="revision_is_positive"),
    )
    op.create_index("revisions_by_subject", "revisions", ["jurisdiction", "substance", "revision"])


def downgrade() -> None:
    op.drop_index("revisions_by_subject", "revisions")
    op.drop_table("revisions")
