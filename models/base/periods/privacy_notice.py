"""The versions of the privacy notice: what the page said and promised, and since when; each form names its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import JSON, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns.json_value import Json
from models.base.db import Base, db, utcnow
from models.base.page import page_called
from models.base.retention import PERIODS, Period
from models.base.setting import changes_lists, recent
from models.base.wording import Words

SLUG = "privasi"
LANGUAGES = ("id", "en")
WITHOUT: dict[str, Words] = {
    "web": _l("Dikirim sebelum versi pemberitahuan privasi dicatat."),
    "email": _l("Masuk lewat email: tidak ada formulir yang memperlihatkan pemberitahuan privasi."),
    "monitor": _l("Dibuat pemantau: tidak ada orang yang mengisi formulir."),
    "schedule": _l("Dibuat menurut jadwal: tidak ada orang yang mengisi formulir."),
}
BY_STAFF = _l("Dicatat petugas: pemohon tidak mengisi formulir yang memperlihatkan pemberitahuan privasi.")
"""Why a ticket of a channel was sent under no version."""


@changes_lists
class PrivacyNotice(Base):
    """One version, never changed: its words and its periods in each language, as the page of its day showed them."""

    __tablename__ = "privacy_notice"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    from_at: Mapped[datetime] = mapped_column(default=utcnow)
    facts: Mapped[dict[str, Json]] = mapped_column(JSON, default=dict)  # language: title, text, ends, lasts

    def facts_in(self, language: str) -> dict[str, Json]:
        """Title and text; `ends` and `lasts` as the rows of the page: what, how long, whose, by which rule."""
        facts = self.facts.get(language) or self.facts[LANGUAGES[0]]
        return dict(facts) if isinstance(facts, Mapping) else {}


@dataclass(frozen=True)
class NoticeVersion:
    """A version's number, and since when it holds."""

    number: int
    from_at: datetime


def versions() -> list[NoticeVersion]:
    """All of them, the newest first; a change is seen by other processes after some seconds, as settings are."""
    return recent("privacy_notices", _versions)


def version_shown_at(moment: datetime) -> int | None:
    """The version that a form showed which was made then; None before the first."""
    return next((each.number for each in versions() if each.from_at <= moment), None)


def why_none(channel: str) -> Words:
    """Why a ticket that came this way names no version."""
    return WITHOUT.get(channel, BY_STAFF)


def facts_now() -> dict[str, Json]:
    """What the page says at this moment, in each language."""
    page = page_called(SLUG)
    found: dict[str, Json] = {}
    for language in LANGUAGES:
        with force_locale(language):
            found[language] = {
                "title": page.title_in(language) if page else "",
                "text": page.text_in(language) if page else "",
                "ends": [[str(p.what), p.days, *_for_whom(p)] for p in PERIODS.values() if p.ends],
                "lasts": [[str(p.what), str(p.lasts), *_for_whom(p)] for p in PERIODS.values() if not p.ends],
            }
    return found


def _for_whom(period: Period) -> tuple[str, str]:
    return str(period.whose), str(period.rule)


def is_notice_new() -> bool:
    """Does the page say anything else than its newest version? Reads only."""
    last = _last()
    is_new = last is None or last.facts != facts_now()
    db.session.rollback()
    return is_new


def keep_notice() -> None:
    """Keep what the page says as a new version unless it is the newest; inside the caller's transaction.

    Called where its words or a period change, and by the worker for what a new version of the product changed.
    """
    db.session.flush()
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("LOCK TABLE privacy_notice IN SHARE ROW EXCLUSIVE MODE"))
    last, facts = _last(), facts_now()
    if last is None or last.facts != facts:
        db.session.add(PrivacyNotice(number=last.number + 1 if last else 1, facts=facts))


def _last() -> PrivacyNotice | None:
    return db.session.scalars(select(PrivacyNotice).order_by(PrivacyNotice.number.desc()).limit(1)).first()


def _versions() -> list[NoticeVersion]:
    query = select(PrivacyNotice.number, PrivacyNotice.from_at).order_by(PrivacyNotice.number.desc())
    return [NoticeVersion(number, from_at) for number, from_at in db.session.execute(query).tuples()]
