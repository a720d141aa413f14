"""a listener may come with a ticket in place of a key: good once, for a minute."""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "event_ticket",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_key.id"], name=op.f("fk_event_ticket_key_id")),
        sa.ForeignKeyConstraint(["plan"], ["plan.code"], name=op.f("fk_event_ticket_plan")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_event_ticket")),
    )


def downgrade() -> None:
    op.drop_table("event_ticket")
