"""articles that help, their versions and pictures, and the words by which a category is proposed

Revision ID: 0064
Revises: 0063
Create Date: 2026-11-30 20:50:00

"""
from alembic import op
import sqlalchemy as sa


revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "article",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_number", sa.Integer(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("review_asked_on", sa.Date(), nullable=True),
        sa.Column("helped_public", sa.Integer(), nullable=False),
        sa.Column("helped_staff", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_article_category_id_category")),
        sa.ForeignKeyConstraint(["owner_id"], ["staff.id"], name=op.f("fk_article_owner_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
    )
    op.create_index(op.f("ix_article_owner_id"), "article", ["owner_id"])
    op.create_table(
        "article_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_version_article_id_article")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["staff.id"], name=op.f("fk_article_version_saved_by_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_version")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_article_version_article_id_number")),
    )
    op.create_table(
        "published_article",
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_published_article_article_id_article")),
        sa.ForeignKeyConstraint(["published_by_id"], ["staff.id"], name=op.f("fk_published_article_published_by_id_staff")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_published_article")),
    )
    op.create_table(
        "article_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_picture_article_id_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_picture")),
    )
    op.create_index(op.f("ix_article_picture_article_id"), "article_picture", ["article_id"])
    op.create_index(op.f("ix_article_picture_sha256"), "article_picture", ["sha256"])
    op.create_table(
        "category_word",
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.String(length=30), nullable=False),
        sa.Column("tickets", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_category_word_category_id_category"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("category_id", "word", name=op.f("pk_category_word")),
    )
    _search()


def _search():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE published_article ADD COLUMN tsv tsvector GENERATED ALWAYS AS (to_tsvector('simple', left(words, 200000))) STORED")
        op.execute("CREATE INDEX ix_published_article_tsv ON published_article USING gin (tsv)")
        return
    op.execute("CREATE VIRTUAL TABLE article_fts USING fts5(words, content='published_article', content_rowid='article_id', tokenize='unicode61')")
    op.execute("CREATE TRIGGER article_fts_in AFTER INSERT ON published_article BEGIN INSERT INTO article_fts(rowid, words) VALUES (new.article_id, new.words); END")
    op.execute("CREATE TRIGGER article_fts_out AFTER DELETE ON published_article BEGIN INSERT INTO article_fts(article_fts, rowid, words) VALUES ('delete', old.article_id, old.words); END")
    op.execute("CREATE TRIGGER article_fts_up AFTER UPDATE OF words ON published_article BEGIN INSERT INTO article_fts(article_fts, rowid, words) VALUES ('delete', old.article_id, old.words); INSERT INTO article_fts(rowid, words) VALUES (new.article_id, new.words); END")


def downgrade():
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE article_fts")
    for name in ("category_word", "article_picture", "published_article", "article_version", "article"):
        op.drop_table(name)
