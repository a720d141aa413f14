"""a ticket for events may be of the holder of a token, who has no key."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event_ticket") as table:
        table.alter_column("key_id", existing_type=sa.String(), nullable=True)
        table.add_column(sa.Column("holder", sa.Text(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("A ticket without a key has no place in older schemas.")
