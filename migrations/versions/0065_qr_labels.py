"""labels with a QR code on devices and outlets, and complaints written from one

Revision ID: 0065
Revises: 0064
Create Date: 2026-11-30 20:45:00

"""
from alembic import op
import sqlalchemy as sa


revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "qr_label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("node_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(node_id IS NULL) <> (ticket_id IS NULL)", name=op.f("ck_qr_label_one_place")),
        sa.CheckConstraint("(ticket_id IS NULL) = (position IS NULL)", name=op.f("ck_qr_label_whole_outlet")),
        sa.ForeignKeyConstraint(["node_id"], ["node.id"], name=op.f("fk_qr_label_node_id_node"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_qr_label_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qr_label")),
        sa.UniqueConstraint("code", name=op.f("uq_qr_label_code")),
        sa.UniqueConstraint("node_id", name=op.f("uq_qr_label_node_id")),
        sa.UniqueConstraint("ticket_id", "position", name=op.f("uq_qr_label_ticket_id_position")),
    )
    op.create_table(
        "labelled_complaint",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("label_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["label_id"],
            ["qr_label.id"],
            name=op.f("fk_labelled_complaint_label_id_qr_label"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_labelled_complaint_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_labelled_complaint")),
    )
    op.create_index(op.f("ix_labelled_complaint_label_id"), "labelled_complaint", ["label_id"])


def downgrade():
    op.drop_table("labelled_complaint")
    op.drop_table("qr_label")
