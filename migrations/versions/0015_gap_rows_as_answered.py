"""rows of the gap table are stored as they are answered, with the code that made them."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

LISTS = ("missing_areas", "flags", "responsible_units")
# A quarter's or a year's first and last day, behind the year.
DAYS = {
    "period_start": "WHEN '-Q2' THEN '-04-01' WHEN '-Q3' THEN '-07-01' WHEN '-Q4' THEN '-10-01'"
    " ELSE '-01-01'",
    "period_end": "WHEN '-Q1' THEN '-03-31' WHEN '-Q2' THEN '-06-30' WHEN '-Q3' THEN '-09-30'"
    " ELSE '-12-31'",
}


def upgrade() -> None:
    view = _read_view()
    op.execute("DROP VIEW v_gap_latest")
    # What they hold is worked out again.
    op.drop_table("stored_gap")
    op.drop_table("gap_table")
    op.create_table(
        "gap_table",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_gap_table_plan")),
        sa.PrimaryKeyConstraint("plan", name=op.f("pk_gap_table")),
    )
    op.create_table(
        "stored_gap",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["gap_table.plan"], name=op.f("fk_stored_gap_plan")),
        sa.PrimaryKeyConstraint("plan", "indicator", "area", name=op.f("pk_stored_gap")),
    )
    op.execute(f"CREATE VIEW v_gap_latest AS {_read_as_answered(view)}")


def downgrade() -> None:
    raise NotImplementedError("Rows as they are answered have no place in older views.")


def _read_view() -> str:
    """The query of the view of gaps, as the database has it."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        asked = "SELECT sql FROM sqlite_master WHERE name = 'v_gap_latest'"
        return str(connection.scalar(sa.text(asked))).partition(" AS ")[2]
    found = connection.scalar(sa.text("SELECT pg_get_viewdef('v_gap_latest')"))
    return str(found).rstrip().removesuffix(";")


def _read_as_answered(view: str) -> str:
    """The query where lists are lists, and the days of a period follow from it."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    period = _cell("period", is_sqlite=is_sqlite)
    new = {name: _joined(name, is_sqlite=is_sqlite) for name in LISTS}
    for name, cases in DAYS.items():
        new[name] = f"(substr({period}, 1, 4) || CASE substr({period}, 5) {cases} END)"
    for name, query in new.items():
        old = re.escape(_cell(name, is_sqlite=is_sqlite))
        view, count = re.subn(old, lambda _, query=query: query, view)
        if count != 1:
            raise RuntimeError(f"v_gap_latest has {name} {count} times")
    return view


def _cell(name: str, *, is_sqlite: bool) -> str:
    """A cell as the view of each database reads it."""
    return f"json_extract(g.cells, '$.{name}')" if is_sqlite else f"(g.cells ->> '{name}'::text)"


def _joined(name: str, *, is_sqlite: bool) -> str:
    if is_sqlite:
        listed, joined = f"json_each(g.cells, '$.{name}') e", "group_concat(e.value, '; ')"
    else:
        listed = f"jsonb_array_elements_text(g.cells -> '{name}') AS e(each)"
        joined = "string_agg(e.each, '; ')"
    return f"(SELECT coalesce({joined}, '') FROM {listed})"  # noqa: S608 - names from here
