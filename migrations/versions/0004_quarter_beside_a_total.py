"""a figure keeps the quarter that was given beside it, as a check of the running total."""

import sqlalchemy as sa
from alembic import op

from app.tables.base import ExactValue

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("figure", sa.Column("quarter_value", ExactValue(), nullable=True))


def downgrade() -> None:
    op.drop_column("figure", "quarter_value")
