"""What the database itself refuses: to change or remove what was recorded, and odd numbers."""

from collections.abc import Mapping

from alembic import op

APPEND_ONLY = (
    "ledger",
    "ledger_part",
    "definition",
    "target",
    "observation",
    "report",
    "figure",
    "decision",
)
# The columns that the first schema has; what came later is named where it is added.
FIGURES = {
    "observation": ("value", "reported_value", "published_growth_percent"),
    "figure": ("value", "reported_value"),
    "target": ("value", "baseline"),
}


def forbid_changes(tables: tuple[str, ...] = APPEND_ONLY) -> None:
    """Refuse UPDATE and DELETE on the tables, on either kind of database."""
    is_sqlite = op.get_context().dialect.name == "sqlite"
    if not is_sqlite:
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in tables:
        if is_sqlite:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
        else:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )


def forbid_odd_numbers(figures: Mapping[str, tuple[str, ...]] = FIGURES) -> None:
    """Refuse what is no exact number in these columns of tables.

    PostgreSQL would keep NaN, SQLite any text at all.
    """
    is_sqlite = op.get_context().dialect.name == "sqlite"
    for table, columns in figures.items():
        if is_sqlite:
            odd = " OR ".join(_is_odd(f"NEW.{column}") for column in columns)
            op.execute(
                f"CREATE TRIGGER {table}_exact BEFORE INSERT ON {table} WHEN {odd} "
                f"BEGIN SELECT RAISE(ABORT, '{table} takes exact figures only'); END"
            )
        else:
            for column in columns:
                op.create_check_constraint(f"{column}_is_finite", table, f"{column} <> 'NaN'")


def _is_odd(column: str) -> str:
    """Whether a text is more than digits with a sign before them and a point between them."""
    digits = f"ltrim({column}, '-')"
    return (
        f"({column} IS NOT NULL AND (typeof({column}) <> 'text'"
        f" OR length({column}) - length({digits}) > 1"
        f" OR {digits} GLOB '*[^0-9.]*' OR {digits} NOT GLOB '[0-9]*' OR {digits} GLOB '*.'"
        f" OR {digits} GLOB '*.*.*'))"
    )
