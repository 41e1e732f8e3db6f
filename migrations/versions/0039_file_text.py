"""the words inside attached files are searched; the worker reads those that are there

Revision ID: file_text
Revises: settled_mail
Create Date: 2026-11-30 03:30:00

"""
from alembic import op
import sqlalchemy as sa


revision = "file_text"
down_revision = "settled_mail"
branch_labels = None
depends_on = None

READABLE = (
    "text/plain", "text/csv", "application/json", "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
)
WAITING = sa.text("state = 'waiting'")


def upgrade():
    op.create_table(
        "file_text",
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("fault", sa.String(length=200), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_file_text_attachment_id_attachment"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_file_text_ticket_id_ticket")),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_file_text")),
    )
    op.create_index(op.f("ix_file_text_ticket_id"), "file_text", ["ticket_id"])
    op.create_index("ix_file_text_waiting", "file_text", ["attachment_id"], sqlite_where=WAITING, postgresql_where=WAITING)
    _search()
    kinds = ", ".join(f"'{kind}'" for kind in READABLE)
    op.execute(
        "INSERT INTO file_text (attachment_id, ticket_id, words, state, fault)"
        " SELECT a.id, a.ticket_id, '', 'waiting', '' FROM attachment a JOIN ticket t ON t.id = a.ticket_id"
        f" WHERE a.content_type IN ({kinds}) AND NOT (t.requester_email = ''"
        " AND (t.requester_name = '(identitas dihapus)' OR t.requester_name LIKE 'Orang %' OR t.requester_name LIKE 'Person %'))"
    )


def _search():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE file_text ADD COLUMN tsv tsvector GENERATED ALWAYS AS (to_tsvector('simple', left(words, 200000))) STORED")
        op.execute("CREATE INDEX ix_file_text_tsv ON file_text USING gin (tsv)")
        return
    op.execute("CREATE VIRTUAL TABLE file_fts USING fts5(words, content='file_text', content_rowid='attachment_id', tokenize='unicode61')")
    op.execute("CREATE TRIGGER file_fts_in AFTER INSERT ON file_text BEGIN INSERT INTO file_fts(rowid, words) VALUES (new.attachment_id, new.words); END")
    op.execute("CREATE TRIGGER file_fts_out AFTER DELETE ON file_text BEGIN INSERT INTO file_fts(file_fts, rowid, words) VALUES ('delete', old.attachment_id, old.words); END")
    op.execute("CREATE TRIGGER file_fts_up AFTER UPDATE OF words ON file_text BEGIN INSERT INTO file_fts(file_fts, rowid, words) VALUES ('delete', old.attachment_id, old.words); INSERT INTO file_fts(rowid, words) VALUES (new.attachment_id, new.words); END")


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE file_fts")
    op.drop_table("file_text")
