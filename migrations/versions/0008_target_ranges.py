"""a target may be a range: the upper end beside the value."""

import sqlalchemy as sa
from alembic import op

from app.tables.append_only import forbid_odd_numbers

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    digits = sa.Text() if is_sqlite else sa.Numeric(38, 18)
    op.add_column("target", sa.Column("value_high", digits, nullable=True))
    if is_sqlite:
        # One trigger looks at all the columns of a table.
        op.execute("DROP TRIGGER target_exact")
        forbid_odd_numbers({"target": ("value", "baseline", "value_high")})
    else:
        forbid_odd_numbers({"target": ("value_high",)})


def downgrade() -> None:
    raise NotImplementedError("A range has no place in the older columns.")
