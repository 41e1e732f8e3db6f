"""The texts and downloads with which an installation begins; what was edited in the panel stays."""

from __future__ import annotations

from sqlalchemy import select

from models.base.db import db
from models.base.page import SLUGS, Download, Page, shipped_downloads, shipped_page


def build_pages() -> int:
    """Add missing pages, and the default download where there is none, to the running transaction; says how many."""
    have = set(db.session.scalars(select(Page.slug)))
    new: list[Page | Download] = [page for slug in SLUGS if slug not in have and (page := shipped_page(slug))]
    if db.session.scalar(select(Download.id).limit(1)) is None:
        new += shipped_downloads()
    db.session.add_all(new)
    return len(new)
