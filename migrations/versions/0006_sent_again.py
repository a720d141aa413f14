"""a report says which returned report it is sent again for."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("report", sa.Column("resubmits", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("report", "resubmits")
