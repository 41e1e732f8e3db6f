"""What documents show: staff numbers, the emblem, a bill's payment reference

Revision ID: signatures_and_bank
Revises: readings
Create Date: 2026-11-29 12:50:00

"""

from alembic import op
import sqlalchemy as sa


revision = "signatures_and_bank"
down_revision = "readings"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number_kind", sa.String(length=10), nullable=False, server_default="NIK"))
        batch_op.add_column(sa.Column("staff_number", sa.String(length=40), nullable=False, server_default=""))
    with op.batch_alter_table("bill", schema=None) as batch_op:
        batch_op.add_column(sa.Column("payment_reference", sa.String(length=20), nullable=False, server_default=""))
    bill = sa.table("bill", sa.column("id"), sa.column("number"), sa.column("payment_reference"))
    for bill_id, number in op.get_bind().execute(sa.select(bill.c.id, bill.c.number)).all():
        plain = "".join(c for c in number.upper() if c.isascii() and c.isalnum())
        reference = plain if len(plain) <= 20 else f"TAG{bill_id:06}"
        op.execute(bill.update().where(bill.c.id == bill_id).values(payment_reference=reference))
    op.create_table(
        "emblem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("content_type", sa.String(length=80), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["set_by_id"], ["staff.id"], name=op.f("fk_emblem_set_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emblem")),
    )


def downgrade():
    op.drop_table("emblem")
    with op.batch_alter_table("bill", schema=None) as batch_op:
        batch_op.drop_column("payment_reference")
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_column("staff_number")
        batch_op.drop_column("number_kind")
