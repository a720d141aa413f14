"""the figures of a plan can be found by revision and by report."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    always = sa.text("revision > 0")
    op.create_index(
        "ix_observation_revision", "observation", ["plan", "revision"], sqlite_where=always
    )
    op.create_index("ix_observation_report_id", "observation", ["plan", "report_id"])


def downgrade() -> None:
    op.drop_index("ix_observation_revision", "observation")
    op.drop_index("ix_observation_report_id", "observation")
