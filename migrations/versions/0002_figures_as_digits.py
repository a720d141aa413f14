"""figures are kept to the last digit in every unit: as text on SQLite, as NUMERIC(38, 18) else."""

import sqlalchemy as sa
from alembic import op

from app.tables.append_only import forbid_changes, forbid_odd_numbers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = {
    "observation": ("value", "reported_value", "published_growth_percent"),
    "figure": ("value", "reported_value", "previous_value"),
    "target": ("value", "baseline"),
}


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _turn_into_digits()
    else:
        for table, columns in COLUMNS.items():
            for column in columns:
                op.alter_column(table, column, type_=sa.Numeric(38, 18))
    forbid_odd_numbers()


def _turn_into_digits() -> None:
    for table, columns in COLUMNS.items():
        # Altering a table makes it anew, without its triggers: what was recorded is rewritten
        # here once, in another form.
        op.execute(f"DROP TRIGGER {table}_no_update")
        op.execute(f"DROP TRIGGER {table}_no_delete")
        op.execute(f"DROP TRIGGER IF EXISTS {table}_exact")
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.alter_column(column, type_=sa.Text(), existing_type=sa.BigInteger())
        written = ", ".join(f"{column} = {_digits(column)}" for column in columns)
        op.execute(f"UPDATE {table} SET {written}")  # noqa: S608 - names from above
        forbid_changes((table,))


def _digits(column: str) -> str:
    """The digits of a whole number of 1e-8, without trailing zeros."""
    scaled = f"CAST({column} AS INTEGER)"
    rest = f"abs({scaled}) % 100000000"
    return (
        f"CASE WHEN {column} IS NULL THEN NULL ELSE"
        f" CASE WHEN {scaled} < 0 THEN '-' ELSE '' END || (abs({scaled}) / 100000000)"
        f" || CASE WHEN {rest} = 0 THEN ''"
        f" ELSE '.' || rtrim(printf('%08d', {rest}), '0') END END"
    )


def downgrade() -> None:
    raise NotImplementedError("Figures may have more digits now than the older columns hold.")
