"""What the public pages say and offer, edited in the panel: texts in Markdown and free downloads."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base import setting
from models.base.db import Base, db, utcnow

TEXTS = Path(__file__).resolve().parents[2] / "data" / "pages"  # <slug>.<language>.md: title, blank line, text
PORTAL = "https://portal.bunghatta.ac.id"
SLUGS = ("akun-internet", "privasi", "aksesibilitas")
setting.declare(
    "desk_hours",
    setting.Spec("Senin–Jumat, 08.00–16.00 WIB", _l("Jam meja layanan, seperti dibaca orang"), setting.TIME),
)


class Page(Base):
    """A text of the public site: a fixed slug, a title and Markdown, in Indonesian and English."""

    __tablename__ = "page"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    title_en: Mapped[str] = mapped_column(String(160), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    text_en: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(300), default="")
    link_label: Mapped[str] = mapped_column(String(120), default="")
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    def title_in(self, language: str) -> str:
        return self.title_en if language == "en" and self.title_en else self.title

    def text_in(self, language: str) -> str:
        return self.text_en if language == "en" and self.text_en else self.text

    def __str__(self) -> str:
        return self.title


def page_called(slug: str) -> Page | None:
    """The page as edited in the panel; until it is seeded, as shipped."""
    return db.session.scalars(select(Page).where(Page.slug == slug)).one_or_none() or shipped_page(slug)


def shipped_page(slug: str) -> Page | None:
    """The page as the product ships it, not added to the session; None for a slug that has none."""
    if slug not in SLUGS:
        return None
    (title, text), (title_en, text_en) = (_shipped(slug, language) for language in ("id", "en"))
    link, label = (PORTAL, "Buka Portal Universitas") if slug == "akun-internet" else ("", "")
    return Page(slug=slug, title=title, text=text, title_en=title_en, text_en=text_en, link=link, link_label=label)


def _shipped(slug: str, language: str) -> tuple[str, str]:
    title, _blank, text = (TEXTS / f"{slug}.{language}.md").read_text(encoding="utf-8").partition("\n\n")
    return title.removeprefix("# ").strip(), text.strip()


class Download(Base):
    """A file shared for free: our own (in the file store, with its SHA-256) or a link elsewhere."""

    __tablename__ = "download"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(160))
    description: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[str] = mapped_column(String(40), default="")
    licence: Mapped[str] = mapped_column(String(80), default="")
    link: Mapped[str] = mapped_column(String(300), default="")
    sha256: Mapped[str] = mapped_column(String(64), default="", index=True)
    file_name: Mapped[str] = mapped_column(String(200), default="")
    content_type: Mapped[str] = mapped_column(String(100), default="")
    size: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=100)
    is_published: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime] = mapped_column(default=utcnow, onupdate=utcnow)

    @property
    def address(self) -> str:
        """Where a press on it leads: our own file, or the link."""
        return f"/unduhan/{self.id}/{quote(self.file_name)}" if self.sha256 else self.link

    @property
    def kind(self) -> str:
        """PDF, MSI … for our own files; nothing for a link."""
        return self.file_name.rpartition(".")[2].upper() if self.sha256 and "." in self.file_name else ""

    def __str__(self) -> str:
        return self.title


def shipped_downloads() -> list[Download]:
    """The downloads of a new installation: the address that the published page names."""
    return [
        Download(
            title="Sistem operasi dan perangkat lunak bebas",
            description="Kumpulan berkas pemasangan di server Universitas Bung Hatta.",
            link="http://os.bunghatta.ac.id",
            position=10,
        )
    ]
