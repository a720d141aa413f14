"""a plan may follow another: up to which of its revisions the earlier plan is known."""

import sqlalchemy as sa
from alembic import op

from app.tables.append_only import forbid_changes

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Rows of a plan are out of date, too, when the plan before has changed.
_FRESH = "NOT EXISTS (SELECT 1 FROM succession n WHERE n.plan = t.plan AND n.revision > t.revision)"


def upgrade() -> None:
    op.create_table(
        "succession",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("earlier", sa.String(), nullable=False),
        sa.Column("earlier_revision", sa.Integer(), nullable=False),
        sa.Column("earlier_digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_succession_plan")),
        sa.PrimaryKeyConstraint("plan", "revision", name=op.f("pk_succession")),
    )
    op.create_index("ix_succession_earlier", "succession", ["earlier"])
    forbid_changes(("succession",))
    _replace_view(f"{_read_view()} AND {_FRESH}")


def downgrade() -> None:
    raise NotImplementedError("What a plan knew of the one before has no place in older tables.")


def _read_view() -> str:
    """The query of the view of gaps, as the database has it."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        asked = "SELECT sql FROM sqlite_master WHERE name = 'v_gap_latest'"
        return str(connection.scalar(sa.text(asked))).partition(" AS ")[2]
    found = connection.scalar(sa.text("SELECT pg_get_viewdef('v_gap_latest')"))
    return str(found).rstrip().removesuffix(";")


def _replace_view(query: str) -> None:
    op.execute("DROP VIEW v_gap_latest")
    op.execute(f"CREATE VIEW v_gap_latest AS {query}")
