"""web hooks: where messages go, the messages that wait, and who delivers them."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hook",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.String(), nullable=False),
        sa.Column("areas", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name="fk_hook_plan"),
        sa.PrimaryKeyConstraint("id", name="pk_hook"),
    )
    op.create_index("ix_hook_plan", "hook", ["plan"])
    op.create_table(
        "delivery",
        sa.Column("hook_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", UTCDateTime(), nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["hook_id"], ["hook.id"], name="fk_delivery_hook_id"),
        sa.PrimaryKeyConstraint("hook_id", "position", name="pk_delivery"),
        sa.UniqueConstraint(
            "hook_id", "event", "subject", name="uq_delivery_hook_id_event_subject"
        ),
    )
    op.create_index("ix_delivery_status", "delivery", ["status", "hook_id", "position"])
    lease = op.create_table(
        "lease",
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("task", name="pk_lease"),
    )
    # A process takes the lease by changing this row, so there is never a race to make it.
    free = {"task": "courier", "holder": "", "until": datetime.fromtimestamp(0, UTC)}
    op.bulk_insert(lease, [free])


def downgrade() -> None:
    raise NotImplementedError("What waits for web hooks has no place in the older schema.")
