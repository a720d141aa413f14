"""the reports of an area, and those since a revision, are found by an index."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_report_plan_area", "report", ["plan", "area"])
    op.create_index("ix_report_plan_revision", "report", ["plan", "revision"])
    op.drop_index("ix_report_revision", "report")


def downgrade() -> None:
    op.create_index("ix_report_revision", "report", ["revision"])
    op.drop_index("ix_report_plan_revision", "report")
    op.drop_index("ix_report_plan_area", "report")
