"""a wrong payment is reversed by a second one

Revision ID: payment_reversal
Revises: copied_person
Create Date: 2026-11-30 03:45:00

"""
from alembic import op
import sqlalchemy as sa


revision = "payment_reversal"
down_revision = "copied_person"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("payment") as batch_op:
        batch_op.add_column(sa.Column("reverses_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reverse_reason", sa.Text(), nullable=False, server_default=""))
        batch_op.create_foreign_key(batch_op.f("fk_payment_reverses_id_payment"), "payment", ["reverses_id"], ["id"])
        batch_op.create_unique_constraint(batch_op.f("uq_payment_reverses_id"), ["reverses_id"])


def downgrade():
    op.execute("DELETE FROM payment WHERE reverses_id IS NOT NULL")
    with op.batch_alter_table("payment") as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_payment_reverses_id"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_payment_reverses_id_payment"), type_="foreignkey")
        batch_op.drop_column("reverse_reason")
        batch_op.drop_column("reverses_id")
