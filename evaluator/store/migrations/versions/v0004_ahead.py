"""Add how many samples of a run in progress have a verdict that waits for an earlier one."""

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; jobs that are there have none that wait."""
    op.add_column("jobs", sa.Column("ahead", sa.Integer, nullable=False, server_default="0"))
