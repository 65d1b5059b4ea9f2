"""Keep a forecast's figures with it, and forecasts that have no compute: of runs and of samples."""

import sqlalchemy as sa
from alembic import op

__all__ = ["down_revision", "revision", "upgrade"]

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the figures, null until they are drawn; let the target's compute be null."""
    with op.batch_alter_table("forecasts") as table:
        table.add_column(sa.Column("figures", sa.LargeBinary, nullable=True))
        table.alter_column("target_flops", existing_type=sa.Double, nullable=True)
