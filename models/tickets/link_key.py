"""By what the keys of LINK_KEY are known again: a fingerprint of each that was ever in force here, never a secret."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.db import Base, db, utcnow
from models.tickets.access_key import KeyRing


class LinkKey(Base):
    """A key that was in force under its id."""

    __tablename__ = "link_key"
    key_id: Mapped[str] = mapped_column(String(20), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(16))
    first_seen_at: Mapped[datetime] = mapped_column(default=utcnow)


def wrong_keys(ring: KeyRing) -> list[str]:
    """The ids under which the ring has another key than was in force here (security.md Z38)."""
    known = db.session.execute(select(LinkKey.key_id, LinkKey.fingerprint).order_by(LinkKey.key_id))
    return [key_id for key_id, fingerprint in known if key_id in ring and ring.fingerprint(key_id) != fingerprint]


def note_keys(ring: KeyRing) -> None:
    """Remember keys that are new here, in the running transaction."""
    known = set(db.session.scalars(select(LinkKey.key_id)))
    new = {key_id: fingerprint for key_id, fingerprint in ring.fingerprints().items() if key_id not in known}
    db.session.add_all(LinkKey(key_id=key_id, fingerprint=fingerprint) for key_id, fingerprint in new.items())
