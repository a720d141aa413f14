"""the task of an area for one year: appended with a reason, never overwritten."""

import sqlalchemy as sa
from alembic import op

from app.tables.append_only import forbid_changes, forbid_odd_numbers

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    digits = sa.Text() if is_sqlite else sa.Numeric(38, 18)
    op.create_table(
        "annual_task",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("comparator", sa.String(), nullable=False),
        sa.Column("value", digits, nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan", "area"], ["area.plan", "area.code"], name="fk_annual_task_plan_area"
        ),
        sa.ForeignKeyConstraint(
            ["plan", "indicator"],
            ["indicator.plan", "indicator.code"],
            name="fk_annual_task_plan_indicator",
        ),
        sa.PrimaryKeyConstraint(
            "plan", "indicator", "area", "year", "revision", name="pk_annual_task"
        ),
    )
    forbid_changes(("annual_task",))
    forbid_odd_numbers({"annual_task": ("value",)})


def downgrade() -> None:
    raise NotImplementedError("The tasks of years have no place in the older tables.")
