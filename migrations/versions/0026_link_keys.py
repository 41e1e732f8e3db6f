"""By what the keys of LINK_KEY are known again

Revision ID: link_keys
Revises: rab_validity
Create Date: 2026-11-29 13:50:00

"""

from alembic import op
import sqlalchemy as sa


revision = "link_keys"
down_revision = "rab_validity"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "link_key",
        sa.Column("key_id", sa.String(length=20), nullable=False),
        sa.Column("fingerprint", sa.String(length=16), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_link_key")),
    )


def downgrade():
    op.drop_table("link_key")
