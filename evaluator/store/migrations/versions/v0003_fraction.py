"""Add the share of tests that a sample passed, where its problem tells tests apart."""

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column, which is null for what was scored before."""
    op.add_column("outcomes", sa.Column("fraction", sa.Double, nullable=True))
