"""What each measuring file told of a tested point, and the loss that iperf3's UDP measured

Revision ID: readings
Revises: worker_lanes
Create Date: 2026-11-29 20:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "readings"
down_revision = "worker_lanes"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("test_point") as batch:
        batch.add_column(sa.Column("udp_loss_percent", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("readings", sa.JSON(), nullable=False, server_default="[]"))


def downgrade():
    with op.batch_alter_table("test_point") as batch:
        batch.drop_column("readings")
        batch.drop_column("udp_loss_percent")
