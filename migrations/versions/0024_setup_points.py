"""What whoever sets up an installation has settled

Revision ID: setup_points
Revises: second_person
Create Date: 2026-11-29 13:00:00

"""

from datetime import UTC, datetime

from alembic import op
import sqlalchemy as sa


revision = "setup_points"
down_revision = "second_person"
branch_labels = None
depends_on = None


def upgrade():
    points = op.create_table(
        "setup_point",
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_setup_point_staff_id_staff")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setup_point")),
    )
    ticket = sa.table("ticket", sa.column("id"))
    if op.get_bind().scalar(sa.select(ticket.c.id).limit(1)) is not None:  # it has been at work: nothing is to be set up
        now = datetime.now(UTC)
        for key in ("institution", "hours", "mail"):
            op.execute(points.insert().values(key=key, is_settled=True, at=now, data={}))


def downgrade():
    op.drop_table("setup_point")
