"""staff may choose one mail a day

Revision ID: digest_reader
Revises: mail_wording
Create Date: 2026-11-30 09:58:00

"""
from alembic import op
import sqlalchemy as sa


revision = "digest_reader"
down_revision = "mail_wording"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "digest_reader",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_digest_reader_staff_id_staff"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_digest_reader")),
    )


def downgrade():
    op.drop_table("digest_reader")
