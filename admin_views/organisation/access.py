"""The page of rights: who may do what in the panel and in the procedures."""

from __future__ import annotations

import tempfile
from typing import Any

from flask import abort, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.frame.page import ClosedView
from admin_views.frame.permissions import may
from admin_views.frame.reader import audit_export, person
from admin_views.organisation import access_matrix as matrix
from gateways.files.table_writer import FORMATS, Line, write_table
from models.base import setting
from models.base.written import clean_line
from models.organisation.roles import Role

PARTS = {
    "panel": _l("Panel"),
    "steps": _l("Langkah prosedur"),
    "duties": _l("Dua orang"),
    "people": _l("Pemegang peran"),
}
HOW = {matrix.OWN: _l("peran itu sendiri"), matrix.MEMBER: _l("sebagai anggota kelompok tiket")}


class AccessView(ClosedView):
    """/admin/access/"""

    name_key = "access"
    title = _l("Hak akses")
    acts = {"index": "list", "export": "export"}

    def __init__(self) -> None:
        super().__init__(name="Hak akses", endpoint="access", url="/admin/access")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        part, role, word = _asked()
        return render_template(
            "admin/organisation/access.html",
            view=self,
            part=part,
            parts=PARTS,
            role=role,
            word=word,
            roles=list(Role),
            views=matrix.views(role, word) if part == "panel" else [],
            procedures=matrix.procedures(role, word) if part == "steps" else [],
            duties=matrix.duties(role, word) if part == "duties" else [],
            holders=matrix.holders() if part == "people" else {},
            delegations=matrix.delegations_in_force() if part == "people" else [],
            role_label=lambda role: Role(role).label,
            alone_hours=setting.get("second_person_wait_hours"),
            may_set=may(person(), "setting", "edit"),
            address=self._address,
        )

    def _address(self, **changes: Any) -> str:
        kept = {key: value for key in ("part", "role", "search") if (value := request.args.get(key, "")[:100])}
        return url_for("access.index", **{k: v for k, v in {**kept, **changes}.items() if v})

    @expose("/export/")
    def export(self) -> ResponseReturnValue:
        """The part that is shown, a line for each right."""
        part, role, word = _asked()
        kind = request.args.get("format", "csv")
        if kind not in FORMATS:
            abort(400)
        heads, lines = {
            "panel": _view_lines,
            "steps": _step_lines,
            "duties": _duty_lines,
            "people": _people_lines,
        }[part](role, word)
        file = tempfile.TemporaryFile()  # noqa: SIM115  # send_file closes it
        audit_export("access", write_table(kind, file, str(PARTS[part]), heads, [lines]))
        file.seek(0)
        return send_file(file, mimetype=FORMATS[kind], as_attachment=True, download_name=f"hak-akses-{part}.{kind}")


def _asked() -> tuple[str, Role | None, str]:
    part, role = request.args.get("part") or "panel", request.args.get("role", "")
    word = clean_line(request.args.get("search", ""))[:100]
    if part not in PARTS or (role and role not in {r.value for r in Role}) or "\x00" in word:
        abort(400)
    return part, Role(role) if role else None, word


def _view_lines(role: Role | None, word: str) -> tuple[list[str], list[Line]]:
    lines: list[Line] = [
        (str(one.label), view.title, act.label, view.rule)
        for one in Role
        for view in matrix.views(role, word)
        for act in view.of(one)
        if role in (None, one)
    ]
    return [_("Peran"), _("Halaman"), _("Perbuatan"), _("Baris yang mana")], lines


def _step_lines(role: Role | None, word: str) -> tuple[list[str], list[Line]]:
    lines: list[Line] = [
        (str(one.label), procedure.title or _("Di setiap prosedur"), step.number, step.label, str(HOW[step.roles[one]]))
        for one in Role
        for procedure in matrix.procedures(role, word)
        for step in procedure.steps
        if one in step.roles and role in (None, one)
    ]
    return [_("Peran"), _("Prosedur"), _("Nomor"), _("Langkah"), _("Sebagai")], lines


def _duty_lines(role: Role | None, word: str) -> tuple[list[str], list[Line]]:
    lines: list[Line] = [
        (one.what, ", ".join(one.made_by), one.confirms, ", ".join(one.confirmed_by), "; ".join(one.apart), one.steps)
        for one in matrix.duties(role, word)
    ]
    heads = [_("Yang dibuat"), _("Oleh"), _("Yang menyusul"), _("Oleh"), _("Tidak boleh orang yang sama"), _("Langkah")]
    return heads, lines


def _people_lines(role: Role | None, word: str) -> tuple[list[str], list[Line]]:
    own: list[Line] = [
        (str(one.label), person.name, "", None, None)
        for one, people in matrix.holders().items()
        for person in people
        if role in (None, one) and word.lower() in person.name.lower()
    ]
    lent: list[Line] = [
        (str(Role(d.role).label), d.to_staff.name, d.from_staff.name, d.starts_on, d.ends_on)
        for d in matrix.delegations_in_force()
        if role in (None, d.role) and word.lower() in f"{d.to_staff.name} {d.from_staff.name}".lower()
    ]
    return [_("Peran"), _("Nama"), _("Pendelegasian dari"), _("Mulai"), _("Sampai")], own + lent
