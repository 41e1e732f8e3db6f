"""up to where the mail server was told that its mails are stored here

Revision ID: settled_mail
Revises: search_keys
Create Date: 2026-11-30 03:10:00

"""
from alembic import op
import sqlalchemy as sa


revision = "settled_mail"
down_revision = "search_keys"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("mailbox", sa.Column("settled_uid", sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("UPDATE mailbox SET settled_uid = last_uid")


def downgrade():
    op.drop_column("mailbox", "settled_uid")
