"""yearly reviews of accounts, and why an account was suspended or closed

Revision ID: account_reviews
Revises: workbench
Create Date: 2026-11-25 23:25:00

"""
from alembic import op
import sqlalchemy as sa


revision = "account_reviews"
down_revision = "workbench"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reviewed_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("reviewed_for", sa.String(length=120), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("review_asked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key("fk_account_reviewed_by_id_staff", "staff", ["reviewed_by_id"], ["id"])
    with op.batch_alter_table("directory_change", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("for_review", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    with op.batch_alter_table("directory_change", schema=None) as batch_op:
        batch_op.drop_column("for_review")
        batch_op.drop_column("reason")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_constraint("fk_account_reviewed_by_id_staff", type_="foreignkey")
        batch_op.drop_column("review_asked_at")
        batch_op.drop_column("reviewed_for")
        batch_op.drop_column("reviewed_by_id")
