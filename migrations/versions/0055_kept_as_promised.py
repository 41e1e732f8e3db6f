"""what is forgotten at night is recorded, and the audit and the histories are sealed

Revision ID: kept_as_promised
Revises: mailbox_token
Create Date: 2026-11-30 09:30:00

"""
from alembic import op
import sqlalchemy as sa


revision = "kept_as_promised"
down_revision = "mailbox_token"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
    )
    op.create_table(
        "seal",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("forgot", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_seal")),
    )
    op.create_index("ix_seal_kind_row_id", "seal", ["kind", "row_id"], unique=True)
    op.create_table(
        "seal_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seal_head")),
    )
    op.add_column("ticket", sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True))
    waiting = sa.text("closed_at IS NOT NULL AND forgotten_at IS NULL")
    op.create_index(
        "ix_ticket_to_forget", "ticket", ["closed_at", "id"], sqlite_where=waiting, postgresql_where=waiting
    )


def downgrade():
    op.drop_index("ix_ticket_to_forget", table_name="ticket")
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.drop_column("forgotten_at")
    op.drop_table("seal_head")
    op.drop_table("seal")
    op.drop_table("retention_run")
