"""an extension may be for all areas, or for all periods."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _allow_all(is_allowed=True)


def downgrade() -> None:
    _allow_all(is_allowed=False)


def _allow_all(*, is_allowed: bool) -> None:
    with op.batch_alter_table("extension", schema=None) as table:
        for name in ("area", "period"):
            table.alter_column(name, existing_type=sa.String(), nullable=is_allowed)
