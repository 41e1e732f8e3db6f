"""Who set a price and who filled in a RAB, so that the same person does not approve it

Revision ID: duties
Revises: watched
Create Date: 2026-11-29 21:00:00

"""

import sqlalchemy as sa
from alembic import op

revision = "duties"
down_revision = "watched"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("price_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("set_by_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_price_item_set_by_id_staff"), "staff", ["set_by_id"], ["id"])
    with op.batch_alter_table("rab", schema=None) as batch_op:
        batch_op.add_column(sa.Column("filled_by_ids", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("rab", schema=None) as batch_op:
        batch_op.alter_column("filled_by_ids", existing_type=sa.JSON(), existing_nullable=False, server_default=None)


def downgrade():
    with op.batch_alter_table("rab", schema=None) as batch_op:
        batch_op.drop_column("filled_by_ids")
    with op.batch_alter_table("price_item", schema=None) as batch_op:
        batch_op.drop_constraint("fk_price_item_set_by_id_staff", type_="foreignkey")
        batch_op.drop_column("set_by_id")
