"""a mailbox may be opened by an OAuth2 token

Revision ID: mailbox_token
Revises: digest_reader
Create Date: 2026-11-30 10:05:00

"""
from alembic import op
import sqlalchemy as sa


revision = "mailbox_token"
down_revision = "digest_reader"
branch_labels = None
depends_on = None

TEXTS = {
    "token_server": sa.String(length=10), "token_url": sa.String(length=300), "token_scope": sa.String(length=300),
    "client_id": sa.String(length=200), "client_secret_sealed": sa.Text(), "refresh_token_sealed": sa.Text(),
    "access_token_sealed": sa.Text(),
}  # fmt: skip


def upgrade():
    with op.batch_alter_table("mailbox") as batch_op:
        for name, kind in TEXTS.items():
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        batch_op.add_column(sa.Column("access_until", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    with op.batch_alter_table("mailbox") as batch_op:
        for name in (*TEXTS, "access_until"):
            batch_op.drop_column(name)
