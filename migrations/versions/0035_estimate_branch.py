"""an estimate remembers the branch that it was made for: one of a branch that was left is told to nobody any more

Revision ID: estimate_branch
Revises: mail_in
Create Date: 2026-11-29 21:00:00

"""
from alembic import op
import sqlalchemy as sa


revision = "estimate_branch"
down_revision = "mail_in"
branch_labels = None
depends_on = None

MADE_FOR = {
    "supporting": ("ask_duration", "renew_estimate"),
    "it": ("take_inventory", "report_from_site", "report_again"),
}


def upgrade():
    with op.batch_alter_table("estimate") as batch_op:
        batch_op.add_column(sa.Column("branch", sa.String(length=12), nullable=False, server_default=""))
    estimate = sa.table("estimate", sa.column("branch"), sa.column("step"))
    for branch, steps in MADE_FOR.items():
        op.execute(estimate.update().where(estimate.c.step.in_(steps)).values(branch=branch))


def downgrade():
    with op.batch_alter_table("estimate") as batch_op:
        batch_op.drop_column("branch")
