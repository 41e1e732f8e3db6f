"""mails to people outside may be worded in the panel

Revision ID: mail_wording
Revises: passkey
Create Date: 2026-11-30 09:45:00

"""
from alembic import op
import sqlalchemy as sa


revision = "mail_wording"
down_revision = "passkey"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "mail_wording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("subject_en", sa.String(length=200), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff.id"], name=op.f("fk_mail_wording_made_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_wording")),
        sa.UniqueConstraint("notice", "number", name=op.f("uq_mail_wording_notice_number")),
    )
    op.create_index(op.f("ix_mail_wording_made_by_id"), "mail_wording", ["made_by_id"])
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("wording_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_outbox_wording_id_mail_wording"), "mail_wording", ["wording_id"], ["id"])


def downgrade():
    with op.batch_alter_table("outbox") as table:
        table.drop_constraint(op.f("fk_outbox_wording_id_mail_wording"), type_="foreignkey")
        table.drop_column("wording_id")
    op.drop_table("mail_wording")
