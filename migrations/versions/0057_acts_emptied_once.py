"""a line of the audit that was looked through when its time was over is not looked through again

Revision ID: 0057
Revises: 0056
Create Date: 2026-11-30 13:40:00

"""
from alembic import op
import sqlalchemy as sa


revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("audit_entry", sa.Column("is_emptied", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade():
    with op.batch_alter_table("audit_entry") as batch_op:
        batch_op.drop_column("is_emptied")
