"""the latest gap table is stored, and three views tell it to SQL, with figures and targets."""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# The columns of the gap table, each as text, number, whole number, day or truth.
COLUMNS = (
    ("plan", "text"),
    ("indicator", "text"),
    ("indicator_name_zh", "text"),
    ("indicator_name_en", "text"),
    ("area", "text"),
    ("area_name_zh", "text"),
    ("area_name_en", "text"),
    ("period", "text"),
    ("period_start", "day"),
    ("period_end", "day"),
    ("unit", "text"),
    ("target", "number"),
    ("target_high", "number"),
    ("comparator", "text"),
    ("deadline", "text"),
    ("commitment", "text"),
    ("baseline", "number"),
    ("baseline_period", "text"),
    ("actual", "number"),
    ("actual_basis", "text"),
    ("actual_source", "text"),
    ("provisional", "truth"),
    ("gap", "number"),
    ("gap_percent", "number"),
    ("attainment_percent", "number"),
    ("progress_percent", "number"),
    ("elapsed_percent", "number"),
    ("schedule_variance", "number"),
    ("schedule_index", "number"),
    ("path", "text"),
    ("path_value", "number"),
    ("path_progress_percent", "number"),
    ("path_gap", "number"),
    ("achieved_rate", "number"),
    ("required_rate", "number"),
    ("required_per_quarter", "number"),
    ("reachability", "text"),
    ("acceleration", "number"),
    ("growth_ratio", "number"),
    ("projection", "number"),
    ("projection_low", "number"),
    ("projection_high", "number"),
    ("projection_prudent", "number"),
    ("probability", "number"),
    ("projected_gap", "number"),
    ("eta", "day"),
    ("rating", "text"),
    ("rating_index", "number"),
    ("rating_basis", "text"),
    ("rating_threshold", "number"),
    ("areas_expected", "count"),
    ("areas_reported", "count"),
    ("areas_carried_forward", "count"),
    ("data_age_quarters", "count"),
    ("yoy_percent", "number"),
    ("yoy_change", "number"),
    ("yoy_basis", "text"),
    ("published_growth_percent", "number"),
    ("two_year_average_growth_percent", "number"),
    ("share_percent", "number"),
    ("share_change", "number"),
    ("rank", "count"),
    ("rank_of", "count"),
    ("obs_status", "text"),
    ("year_to_date", "number"),
    ("missing_areas", "text"),
    ("flags", "text"),
    ("goal", "text"),
    ("responsible_units", "text"),
    ("trend", "text"),
    ("revision", "count"),
)
# A quarter's or a year's first and last day, behind the year.
FIRST = {"-Q2": "-04-01", "-Q3": "-07-01", "-Q4": "-10-01"}
LAST = {"-Q1": "-03-31", "-Q2": "-06-30", "-Q3": "-09-30"}
GROWTH = "f.published_growth_percent"
NAMES = ("indicator", "area")


def upgrade() -> None:
    op.create_table(
        "gap_table",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
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
    is_sqlite = op.get_context().dialect.name == "sqlite"
    op.execute(f"CREATE VIEW v_gap_latest AS {_gaps(is_sqlite=is_sqlite)}")
    op.execute(f"CREATE VIEW v_observation AS {_observations(is_sqlite=is_sqlite)}")
    op.execute(f"CREATE VIEW v_target AS {_targets(is_sqlite=is_sqlite)}")


def downgrade() -> None:
    for view in ("v_target", "v_observation", "v_gap_latest"):
        op.execute(f"DROP VIEW {view}")
    op.drop_table("stored_gap")
    op.drop_table("gap_table")


def _gaps(*, is_sqlite: bool) -> str:
    """The stored rows of each plan in which nothing official is newer."""
    cells = "g.cells" if is_sqlite else "CAST(g.cells AS jsonb) AS cells"
    told = ", ".join(_cell(name, kind, is_sqlite=is_sqlite) for name, kind in COLUMNS)
    fresh = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {table} n"  # noqa: S608 - names from here
        f" WHERE n.plan = t.plan AND n.revision > t.revision{always})"
        for table, always in (
            ("observation", " AND n.revision > 0" if is_sqlite else ""),
            ("target", ""),
            ("definition", ""),
        )
    )
    return (
        f"SELECT {told}, a.level AS area_level, t.day AS as_of_day"  # noqa: S608 - names from here
        f" FROM (SELECT g.plan, g.indicator, g.area, {cells} FROM stored_gap g) g"
        " JOIN gap_table t ON t.plan = g.plan JOIN area a ON a.plan = g.plan AND a.code = g.area"
        f" WHERE {fresh}"
    )


def _cell(name: str, kind: str, *, is_sqlite: bool) -> str:
    if is_sqlite:
        return f"json_extract(g.cells, '$.{name}') AS {name}"
    types = {"number": "numeric", "count": "integer", "day": "date", "truth": "boolean"}
    text = f"g.cells->>'{name}'"
    return f"CAST({text} AS {types[kind]}) AS {name}" if kind in types else f"{text} AS {name}"


def _observations(*, is_sqlite: bool) -> str:
    """The newest official version of each figure."""
    publisher = (
        "json_extract(f.source, '$.publisher')"
        if is_sqlite
        else "CAST(f.source AS jsonb)->>'publisher'"
    )
    return _newest(
        "observation",
        (*NAMES, "period"),
        (
            "f.plan",
            *_names(),
            "a.level AS area_level",
            "f.period",
            f"{_day('f.period', FIRST, '-01-01', is_sqlite=is_sqlite)} AS period_start",
            f"{_day('f.period', LAST, '-12-31', is_sqlite=is_sqlite)} AS period_end",
            f"{_number('f.value', is_sqlite=is_sqlite)} AS value",
            "i.unit AS unit",
            "f.basis",
            "f.missing_reason",
            f"{_number('f.reported_value', is_sqlite=is_sqlite)} AS reported_value",
            "f.reported_unit",
            f"{_number(GROWTH, is_sqlite=is_sqlite)} AS published_growth_percent",
            "f.price_basis",
            "f.obs_status",
            "f.rounded",
            f"{publisher} AS publisher",
            "f.report_id",
        ),
    )


def _targets(*, is_sqlite: bool) -> str:
    """The newest version of each target."""
    return _newest(
        "target",
        NAMES,
        (
            "f.plan",
            *_names(),
            "a.level AS area_level",
            "f.comparator",
            f"{_number('f.value', is_sqlite=is_sqlite)} AS value",
            f"{_number('f.value_high', is_sqlite=is_sqlite)} AS value_high",
            "i.unit AS unit",
            "f.deadline",
            f"{_day('f.deadline', LAST, '-12-31', is_sqlite=is_sqlite)} AS deadline_day",
            "f.direction",
            "f.path",
            f"{_number('f.baseline', is_sqlite=is_sqlite)} AS baseline",
            "f.baseline_period",
            "f.commitment",
            "f.clause_zh",
            "f.clause_en",
            "f.goal",
            "f.valid_from",
            "f.reason",
        ),
    )


def _newest(table: str, key: Iterable[str], told: Iterable[str]) -> str:
    """The newest rows of a table by their key, with names, and when they were recorded."""
    same = " AND ".join(f"n.{name} = f.{name}" for name in ("plan", *key))
    return (
        f"SELECT {', '.join(told)}, f.revision, l.recorded_at"  # noqa: S608 - names from here
        f" FROM {table} f"
        " JOIN indicator i ON i.plan = f.plan AND i.code = f.indicator"
        " JOIN area a ON a.plan = f.plan AND a.code = f.area"
        " JOIN ledger l ON l.plan = f.plan AND l.revision = f.revision"
        f" WHERE f.revision = (SELECT MAX(n.revision) FROM {table} n WHERE {same})"
    )


def _names() -> tuple[str, ...]:
    return (
        *("f.indicator", "i.name_zh AS indicator_name_zh", "i.name_en AS indicator_name_en"),
        *("f.area", "a.name_zh AS area_name_zh", "a.name_en AS area_name_en"),
    )


def _number(column: str, *, is_sqlite: bool) -> str:
    """Digits as the number that they are: 13, not '13' or 13.000000000000000000."""
    return f"{column} + 0" if is_sqlite else f"trim_scale({column})"


def _day(column: str, days: dict[str, str], other: str, *, is_sqlite: bool) -> str:
    cases = " ".join(f"WHEN '{quarter}' THEN '{day}'" for quarter, day in days.items())
    text = f"substr({column}, 1, 4) || CASE substr({column}, 5) {cases} ELSE '{other}' END"
    return f"({text})" if is_sqlite else f"CAST({text} AS date)"
