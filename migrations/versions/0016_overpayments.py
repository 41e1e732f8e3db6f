"""What was paid above a bill, and what became of it

Revision ID: overpayments
Revises: bulk_runs
Create Date: 2026-11-29 12:20:00

"""

from alembic import op
import sqlalchemy as sa


revision = "overpayments"
down_revision = "bulk_runs"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("over_rp", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("over_use", sa.String(length=10), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("over_note", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("returned_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("returned_note", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("returned_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key("fk_payment_returned_by_id_staff", "staff", ["returned_by_id"], ["id"])


def downgrade():
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.drop_constraint("fk_payment_returned_by_id_staff", type_="foreignkey")
        for name in ("returned_by_id", "returned_note", "returned_on", "over_note", "over_use", "over_rp"):
            batch_op.drop_column(name)
