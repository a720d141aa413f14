"""a figure keeps its status, and the growth that was reported with it, at which prices."""

import sqlalchemy as sa
from alembic import op

from app.tables.append_only import forbid_odd_numbers

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

GROWTH = "published_growth_percent"
# Of the migration before, which did not say so yet.
QUARTER = "quarter_value"


def upgrade() -> None:
    is_sqlite = op.get_context().dialect.name == "sqlite"
    digits = sa.Text() if is_sqlite else sa.Numeric(38, 18)
    op.add_column("figure", sa.Column(GROWTH, digits, nullable=True))
    for table in ("figure", "observation"):
        status = sa.Column("obs_status", sa.String(), nullable=False, server_default="A")
        op.add_column(table, sa.Column("price_basis", sa.String(), nullable=True))
        op.add_column(table, status)
    if is_sqlite:
        # One trigger looks at all figures of a table.
        op.execute("DROP TRIGGER figure_exact")
        forbid_odd_numbers({"figure": ("value", "reported_value", QUARTER, GROWTH)})
    else:
        forbid_odd_numbers({"figure": (QUARTER, GROWTH)})


def downgrade() -> None:
    raise NotImplementedError("The status of figures and their growth would be lost.")
