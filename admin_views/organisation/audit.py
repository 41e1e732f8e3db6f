"""The audit: what was done, by whom, from where."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, not_, or_

from admin_views.frame.view import Choice, Column, HouseView, person
from admin_views.organisation.audit_masks import name_is_masked, seen_diff, seen_name
from admin_views.organisation.audit_words import ACTS, act_name, kind_name, row_name
from admin_views.organisation.outbox import in_words
from models.base.columns.shown import Shown
from models.base.search.columns import holds
from models.base.search.terms import TypedWord
from models.base.wording import Words
from models.organisation.audit import AuditEntry
from web.dates import on_date_at


def who_did(row: AuditEntry) -> str:
    return seen_name(row, person())


class AuditView(HouseView[AuditEntry]):
    name_key = "audit"
    title = _l("Jejak audit")
    intro = _l("Hanya bertambah; rahasia tidak pernah masuk.")
    empty = _l("Setiap perbuatan petugas dicatat di sini.")
    columns = [
        Column("at", _l("Waktu"), cell=lambda a: on_date_at(a.at), is_link=True),
        Column("actor_name", _l("Siapa"), cell=lambda a: who_did(a)),
        Column("act", _l("Perbuatan"), cell=lambda a: act_name(a.act)),
        Column("object_kind", _l("Pada"), cell=lambda a: kind_name(a.object_kind)),
        Column("object_id", _l("Nomor baris"), cell=lambda a: row_name(a.act, a.object_id)),
        Column("ip", _l("Dari")),
    ]
    searched = (AuditEntry.actor_name, AuditEntry.act, AuditEntry.object_kind, AuditEntry.object_id)
    filters = [Choice("act", _l("Perbuatan"), AuditEntry.act, lambda: in_words(ACTS))]
    newest_first = True
    order = ()

    def __init__(self) -> None:
        super().__init__(AuditEntry)

    def word_rule(self, word: TypedWord) -> ColumnElement[bool]:
        """Where a name is masked for this reader, it is not searched either."""
        _name, *others = self.searched
        is_masked = name_is_masked(person())
        return or_(and_(not_(is_masked), holds(self.searched, word)), and_(is_masked, holds(others, word)))

    def heading(self, row: AuditEntry) -> str:
        on = kind_name(row.object_kind)
        if row.object_id and row.act != "denied":
            on = _("%(kind)s, baris %(number)s", kind=on, number=row.object_id)
        return f"{act_name(row.act)} · {on}"

    def facts(self, row: AuditEntry) -> list[tuple[Words, Shown]]:
        """What changed; what the reader may not read where it stands is masked here too (security.md D17)."""
        return [*super().facts(row), *seen_diff(row, person()).items()]

    def row_allowed(self, row: AuditEntry, act: str) -> bool:
        return act == "details" and super().row_allowed(row, act)
