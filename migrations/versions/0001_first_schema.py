"""first schema."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

from app.tables.append_only import forbid_changes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("secret_digest", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("areas", sa.String(), nullable=False),
        sa.Column("responsible_unit", sa.String(), nullable=True),
        sa.Column("plan", sa.String(), nullable=True),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("secret_digest", name=op.f("uq_api_key_secret_digest")),
    )
    op.create_table(
        "deployment",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("marked_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_deployment")),
    )
    op.create_table(
        "idempotency",
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("request_digest", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("principal", "route", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "plan",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_plan")),
    )
    op.create_table(
        "area",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("official_code", sa.String(), nullable=True),
        sa.Column("reports", sa.Boolean(), nullable=False),
        sa.Column("in_sum", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_area_plan")),
        sa.PrimaryKeyConstraint("plan", "code", name=op.f("pk_area")),
    )
    op.create_table(
        "definition",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_definition_plan")),
        sa.PrimaryKeyConstraint("plan", "revision", name=op.f("pk_definition")),
    )
    op.create_table(
        "indicator",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("accumulation", sa.String(), nullable=False),
        sa.Column("frequency", sa.String(), nullable=False),
        sa.Column("area_rule", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_indicator_plan")),
        sa.PrimaryKeyConstraint("plan", "code", name=op.f("pk_indicator")),
    )
    op.create_table(
        "ledger",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_ledger_plan")),
        sa.PrimaryKeyConstraint("plan", "revision", name=op.f("pk_ledger")),
    )
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_recorded_at"), ["recorded_at"], unique=False)

    op.create_table(
        "ledger_part",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_ledger_part_plan")),
        sa.PrimaryKeyConstraint("plan", "revision", "position", name=op.f("pk_ledger_part")),
    )
    op.create_table(
        "progress_note",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("noted_at", UTCDateTime(), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_progress_note_plan")),
        sa.PrimaryKeyConstraint("plan", "revision", name=op.f("pk_progress_note")),
    )
    op.create_table(
        "publication",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("frozen_revision", sa.Integer(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_publication_plan")),
        sa.PrimaryKeyConstraint("plan", "name", name=op.f("pk_publication")),
    )
    op.create_table(
        "extension",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("granted_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan", "area"], ["area.plan", "area.code"], name=op.f("fk_extension_plan_area")
        ),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_extension_plan")),
        sa.PrimaryKeyConstraint("plan", "revision", name=op.f("pk_extension")),
    )
    op.create_table(
        "observation",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("value", _scaled(), nullable=True),
        sa.Column("missing_reason", sa.String(), nullable=True),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("reported_value", _scaled(), nullable=True),
        sa.Column("reported_unit", sa.String(), nullable=True),
        sa.Column("published_growth_percent", _scaled(), nullable=True),
        sa.Column("rounded", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(value IS NULL) <> (missing_reason IS NULL)",
            name=op.f("ck_observation_value_or_missing_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["plan", "area"], ["area.plan", "area.code"], name=op.f("fk_observation_plan_area")
        ),
        sa.ForeignKeyConstraint(
            ["plan", "indicator"],
            ["indicator.plan", "indicator.code"],
            name=op.f("fk_observation_plan_indicator"),
        ),
        sa.PrimaryKeyConstraint(
            "plan", "indicator", "area", "period", "revision", name=op.f("pk_observation")
        ),
    )
    op.create_table(
        "report",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("submitted_at", UTCDateTime(), nullable=False),
        sa.Column("submitted_by", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("correction_reason", sa.Text(), nullable=True),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan", "area"], ["area.plan", "area.code"], name=op.f("fk_report_plan_area")
        ),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_report_plan")),
        sa.PrimaryKeyConstraint("plan", "id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_revision"), ["revision"], unique=False)

    op.create_table(
        "target",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("comparator", sa.String(), nullable=False),
        sa.Column("value", _scaled(), nullable=False),
        sa.Column("deadline", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("milestones", sa.Text(), nullable=False),
        sa.Column("baseline", _scaled(), nullable=True),
        sa.Column("baseline_period", sa.String(), nullable=True),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("clause_zh", sa.Text(), nullable=True),
        sa.Column("clause_en", sa.Text(), nullable=True),
        sa.Column("goal", sa.String(), nullable=True),
        sa.Column("valid_from", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan", "area"], ["area.plan", "area.code"], name=op.f("fk_target_plan_area")
        ),
        sa.ForeignKeyConstraint(
            ["plan", "indicator"],
            ["indicator.plan", "indicator.code"],
            name=op.f("fk_target_plan_indicator"),
        ),
        sa.PrimaryKeyConstraint("plan", "indicator", "area", "revision", name=op.f("pk_target")),
    )
    op.create_table(
        "decision",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("decided_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan", "report_id"],
            ["report.plan", "report.id"],
            name=op.f("fk_decision_plan_report_id"),
        ),
        sa.PrimaryKeyConstraint("plan", "report_id", "revision", name=op.f("pk_decision")),
    )
    op.create_table(
        "figure",
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("value", _scaled(), nullable=True),
        sa.Column("missing_reason", sa.String(), nullable=True),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("reported_value", _scaled(), nullable=True),
        sa.Column("reported_unit", sa.String(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("previous_value", _scaled(), nullable=True),
        sa.CheckConstraint(
            "(value IS NULL) <> (missing_reason IS NULL)",
            name=op.f("ck_figure_value_or_missing_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["plan", "indicator"],
            ["indicator.plan", "indicator.code"],
            name=op.f("fk_figure_plan_indicator"),
        ),
        sa.ForeignKeyConstraint(
            ["plan", "report_id"],
            ["report.plan", "report.id"],
            name=op.f("fk_figure_plan_report_id"),
        ),
        sa.PrimaryKeyConstraint("plan", "report_id", "position", name=op.f("pk_figure")),
    )
    with op.batch_alter_table("figure", schema=None) as batch_op:
        batch_op.create_index(
            "ix_figure_key", ["plan", "indicator", "area", "period"], unique=False
        )

    forbid_changes()


def _scaled() -> sa.types.TypeEngine[object]:
    """Figures as this version kept them: on SQLite as whole numbers of 1e-8."""
    is_sqlite = op.get_context().dialect.name == "sqlite"
    return sa.BigInteger() if is_sqlite else sa.Numeric(19, 8)


def downgrade() -> None:
    with op.batch_alter_table("figure", schema=None) as batch_op:
        batch_op.drop_index("ix_figure_key")

    op.drop_table("figure")
    op.drop_table("decision")
    op.drop_table("target")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_revision"))

    op.drop_table("report")
    op.drop_table("observation")
    op.drop_table("extension")
    op.drop_table("publication")
    op.drop_table("progress_note")
    op.drop_table("ledger_part")
    with op.batch_alter_table("ledger", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ledger_recorded_at"))

    op.drop_table("ledger")
    op.drop_table("indicator")
    op.drop_table("definition")
    op.drop_table("area")
    op.drop_table("plan")
    op.drop_table("idempotency")
    op.drop_table("deployment")
    op.drop_table("api_key")
