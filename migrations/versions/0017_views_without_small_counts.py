"""the view of figures leaves out the indicators whose small counts a plan withholds."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Which of their figures are withheld follows from all versions: a view cannot tell. Asked once.
_INDICATORS = {
    "sqlite": "SELECT d.plan, e.value FROM definition d,"
    " json_each(d.document, '$.settings.small_cells.indicators') e",
    "postgresql": "SELECT d.plan, e.each FROM definition d, jsonb_array_elements_text("
    "CAST(d.document AS jsonb) #> '{settings,small_cells,indicators}') AS e(each)",
}


def upgrade() -> None:
    view = _read_view()
    op.execute("DROP VIEW v_observation")
    withheld = f"{_INDICATORS[_dialect()]} WHERE d.document LIKE '%small_cells%'"
    op.execute(f"CREATE VIEW v_observation AS {view} AND (f.plan, f.indicator) NOT IN ({withheld})")


def downgrade() -> None:
    raise NotImplementedError("Older views would show what a plan withholds.")


def _dialect() -> str:
    return op.get_bind().dialect.name


def _read_view() -> str:
    """The query of the view of figures, as the database has it; it ends with its condition."""
    connection = op.get_bind()
    if _dialect() == "sqlite":
        asked = "SELECT sql FROM sqlite_master WHERE name = 'v_observation'"
        return str(connection.scalar(sa.text(asked))).partition(" AS ")[2]
    found = connection.scalar(sa.text("SELECT pg_get_viewdef('v_observation')"))
    return str(found).rstrip().removesuffix(";")
