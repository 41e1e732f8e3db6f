"""mailboxes, and the mails that came in with their files

Revision ID: mail_in
Revises: contact_changes
Create Date: 2026-11-29 22:00:00

"""
from alembic import op
import sqlalchemy as sa


revision = "mail_in"
down_revision = "contact_changes"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "mailbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("host", sa.String(length=200), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("security", sa.String(length=10), nullable=False),
        sa.Column("username", sa.String(length=200), nullable=False),
        sa.Column("password_sealed", sa.String(length=500), nullable=False),
        sa.Column("folder", sa.String(length=100), nullable=False),
        sa.Column("afterwards", sa.String(length=10), nullable=False),
        sa.Column("authserv_id", sa.String(length=200), nullable=False),
        sa.Column("takes_subaddresses", sa.Boolean(), nullable=False),
        sa.Column("opens_itself", sa.Boolean(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("connected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_mailbox_category_id_category")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox")),
        sa.UniqueConstraint("address", name=op.f("uq_mailbox_address")),
    )
    op.create_table(
        "incoming_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailbox_id", sa.Integer(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.String(length=250), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("sender_name", sa.String(length=120), nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("is_silent", sa.Boolean(), nullable=False),
        sa.Column("is_verified", sa.Boolean(), nullable=False),
        sa.Column("is_token_valid", sa.Boolean(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("fault", sa.String(length=300), nullable=False),
        sa.Column("proposal", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_incoming_mail_category_id_category")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["staff.id"], name=op.f("fk_incoming_mail_decided_by_id_staff")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_incoming_mail_event_id_event")),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailbox.id"], name=op.f("fk_incoming_mail_mailbox_id_mailbox")),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_incoming_mail_ticket_id_ticket")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_incoming_mail_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_mail")),
        sa.UniqueConstraint("mailbox_id", "uid_validity", "uid", name=op.f("uq_incoming_mail_mailbox_id_uid_validity_uid")),
        sa.UniqueConstraint("message_id", "digest", name=op.f("uq_incoming_mail_message_id_digest")),
    )
    for column in ("mailbox_id", "message_id", "sha256", "sender", "ticket_id"):
        op.create_index(op.f(f"ix_incoming_mail_{column}"), "incoming_mail", [column])
    op.create_index("ix_incoming_mail_state_received", "incoming_mail", ["state", "received_at", "id"])
    op.create_table(
        "incoming_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("content_id", sa.String(length=250), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("is_inline", sa.Boolean(), nullable=False),
        sa.Column("refusal", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["mail_id"], ["incoming_mail.id"], name=op.f("fk_incoming_file_mail_id_incoming_mail")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_file")),
    )
    for column in ("mail_id", "sha256"):
        op.create_index(op.f(f"ix_incoming_file_{column}"), "incoming_file", [column])


def downgrade():
    op.drop_table("incoming_file")
    op.drop_table("incoming_mail")
    op.drop_table("mailbox")
