"""Articles: short instructions that staff write, for everybody or for staff alone; what is published is kept apart."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.db import Base, db, utcnow
from models.organisation.staff import Staff
from models.tickets.category import Category

PICTURES = "/panduan/gambar/"  # where the pictures of what is public are read
LONGEST_TITLE, LONGEST_TEXT = 160, 20_000


class Article(Base):
    """One article as it is being written; its newest version, which readers may not have yet.

    `published_number` is the version that they read; none: they read nothing of it. `review_on` is the day, on the
    centre's clock, when its owner looks whether it is still true.
    """

    __tablename__ = "article"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(Text)  # Markdown
    language: Mapped[str] = mapped_column(String(2), default="id")
    is_public: Mapped[bool] = mapped_column(default=True)  # else for staff alone
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    number: Mapped[int] = mapped_column(default=0)  # of the newest version
    published_number: Mapped[int | None]
    review_on: Mapped[date | None]
    review_asked_on: Mapped[date | None]  # the review for which the owner was written to
    helped_public: Mapped[int] = mapped_column(default=0)
    helped_staff: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    owner: Mapped[Staff] = relationship()
    category: Mapped[Category | None] = relationship()
    versions: Mapped[list[ArticleVersion]] = relationship(order_by="ArticleVersion.number.desc()")
    pictures: Mapped[list[ArticlePicture]] = relationship(order_by="ArticlePicture.id")

    def __str__(self) -> str:
        return self.title


class ArticleVersion(Base):
    """An article as it once was; rows are only ever added."""

    __tablename__ = "article_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    is_public: Mapped[bool]
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)
    saved_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    saved_by: Mapped[Staff] = relationship()

    __table_args__ = (UniqueConstraint("article_id", "number"),)


class PublishedArticle(Base):
    """The version of an article that readers have, and the roots of its words, by which it is found."""

    __tablename__ = "published_article"
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    is_public: Mapped[bool]
    words: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(default=utcnow)
    published_by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    def __str__(self) -> str:
        return self.title


class ArticlePicture(Base):
    """A picture of an article, in the file store under its SHA-256; the text names it by its number."""

    __tablename__ = "article_picture"
    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey("article.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]

    @property
    def markdown(self) -> str:
        """What stands in the text where the picture is to be seen."""
        return f"![{self.name.rpartition('.')[0] or self.name}]({PICTURES}{self.id})"


def published(article_id: int, is_public: bool = True) -> PublishedArticle | None:
    """The article that the public, or else any of the staff, may read."""
    query = select(PublishedArticle).where(PublishedArticle.article_id == article_id)
    if is_public:
        query = query.where(PublishedArticle.is_public)
    return db.session.scalars(query).one_or_none() if 0 < article_id < 2**31 else None
