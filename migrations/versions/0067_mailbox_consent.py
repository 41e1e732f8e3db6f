"""where the owner of a mailbox consents to its being opened by a token

Revision ID: 0067
Revises: 0066
Create Date: 2026-11-30 21:15:00

"""
from alembic import op
import sqlalchemy as sa


revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

PAGES = {
    "google": "https://accounts.google.com/o/oauth2/v2/auth",
    "microsoft": "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
}


def upgrade():
    with op.batch_alter_table("mailbox") as batch_op:
        batch_op.add_column(sa.Column("consent_url", sa.String(length=300), nullable=False, server_default=""))
    boxes = sa.table("mailbox", sa.column("token_server"), sa.column("consent_url"))
    for server, page in PAGES.items():
        op.execute(boxes.update().where(boxes.c.token_server == server).values(consent_url=page))


def downgrade():
    with op.batch_alter_table("mailbox") as batch_op:
        batch_op.drop_column("consent_url")
