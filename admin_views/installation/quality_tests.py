"""Quality tests in the panel: list, and the form with its ping and iperf3 files (N7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from admin_views.frame.after_step import say
from admin_views.frame.columns import period_of
from admin_views.frame.label_sheet import label_page
from admin_views.frame.view import Choice, Column, address
from admin_views.installation.field_photos import keep_photo, keep_photos, one_photo, remove_photo
from admin_views.tickets.related_view import (
    TicketRelatedView,
    actor,
    is_from_script,
    typed_rows,
    unit_of_ticket,
    why_not,
)
from gateways.files.file_store import StoredFile, UploadRefused
from gateways.files.uploads import accept, store
from gateways.probes.ping_output import UnreadableMeasurement
from mails.queue import collected
from models.base.columns.shown import Shown
from models.base.db import db, utcnow, write_transaction
from models.base.rupiah import volume_text
from models.base.wording import Words, at_time
from models.installation.limits import Connection, limit_sentences
from models.installation.point_counts import point_counts
from models.installation.quality_test import CONNECTIONS, QualityTest, TestPoint, latest_test, limits_for, tests_of
from models.installation.readings import Reading
from models.installation.survey import request_of
from models.tickets.ticket import Attachment, Ticket
from procedures.engine.take_step import StepRefused, take_step
from procedures.installation.drafts import SPEEDS, save_points_reason, save_test
from procedures.installation.measurements import add_reading, iperf_reading, ping_reading
from procedures.organisation.qr_labels import Labelled
from web.dates import on_date_at

ROW = ("id", "name", "connection", "nominal_mbps", "negotiated_mbps", "wire_map", "length_m", "sent", "received",
       "udp_loss_percent", "rtt_ms", "jitter_ms", "throughput_mbps", "signal_dbm")  # fmt: skip
MOST_BYTES = 12_000_000  # the readers' five million characters in UTF-16, and one to see that there are more
READERS: dict[str, Callable[[bytes, str], Reading]] = {"ping": ping_reading, "iperf": iperf_reading}


class QualityTestView(TicketRelatedView[QualityTest]):
    """/admin/quality_test/"""

    name_key = "quality_test"
    title = _l("Uji kualitas")
    empty = _l("Uji muncul di sini setelah pemasang melaporkan selesai (N7).")
    columns = [
        Column("ticket", _l("Tiket"), cell=lambda row: row.ticket.number, is_link=True, is_whole=True),
        Column("subject", _l("Pekerjaan"), cell=lambda row: row.ticket.subject),
        Column("number", _l("Nomor"), is_whole=True),
        Column("round", _l("Putaran")),
        Column("passed", _l("Hasil"), cell=lambda row: _verdict(row)),
        Column("tested_by", _l("Penguji"), cell=lambda row: row.tested_by.name if row.tested_by else ""),
        Column("sent_at", _l("Dikirim"), cell=lambda row: on_date_at(row.sent_at) if row.sent_at else ""),
    ]
    searched = (QualityTest.number,)
    filters = [
        Choice("passed", _l("Hasil"), QualityTest.passed, lambda: [(True, _l("Lulus")), (False, _l("Tidak lulus"))]),
        unit_of_ticket(QualityTest),
        *period_of(QualityTest.saved_at),
    ]
    order = (QualityTest.saved_at,)
    shows = (QualityTest.ticket, QualityTest.tested_by)
    more_acts = {"fill": "fill", "photo": "fill", "label": "label"}

    def __init__(self) -> None:
        super().__init__(QualityTest)

    def href(self, row: QualityTest) -> str:
        return f"/admin/ticket/details/?id={row.ticket_id}"

    @expose("/fill/<int:pk>", methods=("GET", "POST"))
    def fill(self, pk: int) -> ResponseReturnValue:
        """The form, one row a point; files fill their row, and the verdict is computed. Sending is the step N7."""
        ticket = self.ticket_of(pk)
        test = latest_test(ticket)
        if shut := why_not(ticket, "send_test"):
            if is_from_script():
                return {"wrong": [shut]}, 409
            flash(shut, "error")
            return redirect(f"/admin/ticket/details/?id={pk}", 303)
        if test is None:
            abort(404)
        if request.method == "GET":
            return _test_page(ticket, test)
        return self._save(pk)

    @expose("/label/<int:pk>", methods=("GET", "POST"))
    def label(self, pk: int) -> ResponseReturnValue:
        """The labels of an installation's points, one each, as its last test that was sent names them."""
        ticket = self.ticket_of(pk)
        points = next((test.points for test in reversed(tests_of(ticket)) if test.sent_at), [])
        place = request_of(ticket).place if points else ""
        things = [Labelled(one.name, place, ticket_id=ticket.id, position=one.position) for one in points]
        return label_page("quality_test", ticket.subject, (f"/admin/ticket/details/?id={pk}", ticket.number), things)

    @expose("/photo/<int:pk>", methods=("POST",))
    def photo(self, pk: int) -> ResponseReturnValue:
        """One photo in one request, as a phone in the field sends them; the answer is JSON, `error` a sentence."""
        ticket = self.ticket_of(pk)
        if shut := why_not(ticket, "send_test"):
            return {"error": shut}, 409
        file, sentence = one_photo()
        if file is None:
            return {"error": sentence}, 422
        with write_transaction():
            return keep_photo(latest_test(self.ticket_of(pk)) or abort(404), file)

    def _save(self, pk: int) -> ResponseReturnValue:
        try:
            photos = accept(request.files.getlist("photos"))
        except UploadRefused as refused:
            photos = []
            flash(str(refused), "error")
        rows = typed_rows("point", ROW, "name length_m sent received rtt_ms throughput_mbps")
        with write_transaction():
            test = latest_test(self.ticket_of(pk)) or abort(404)
            wrong = save_points_reason(test, request.form.get("points_reason", test.points_reason))
            wrong += save_test(test, rows, _reasons(rows))
            test_id = test.id
            if not wrong:
                keep_photos(test, photos)
                remove_photo(test, request.form.get("remove", ""))
        if not wrong:
            wrong = _read_files(test_id, rows)
            if wrong and is_from_script():
                return {"wrong": wrong, "looked": True}, 422
            if wrong:
                return _test_page(self.ticket_of(pk), db.session.get_one(QualityTest, test_id), None, wrong), 422
        if is_from_script():
            return ({"wrong": wrong}, 422) if wrong else {"saved": at_time(utcnow())}
        if wrong:
            return _test_page(self.ticket_of(pk), db.session.get_one(QualityTest, test_id), rows, wrong), 422
        if request.form.get("do") != "send":
            flash(_("Draf uji tersimpan."), "success")
            return redirect(f"/admin/quality_test/fill/{pk}", 303)
        try:
            with collected() as found:
                event = take_step(pk, "send_test", actor())
        except StepRefused as refused:
            return _test_page(
                self.ticket_of(pk), db.session.get_one(QualityTest, test_id), None, [refused.sentence]
            ), 409
        verdict = _("Hasil uji: lulus.") if event.data["passed"] else _("Hasil uji: tidak lulus; cek ulang (N9).")
        say(verdict, found, actor())
        return redirect(f"/admin/ticket/details/?id={pk}", 303)


def _verdict(row: QualityTest) -> Words:
    return "" if row.passed is None else _("Lulus") if row.passed else _("Tidak lulus")


def _reasons(rows: list[dict[str, str]]) -> dict[str, dict[int, str]]:
    """Why a reading of a row is not used, as typed: by the row's id and the reading's place."""
    ids = {row["id"] for row in rows if row["id"]}
    typed = (name.removeprefix("aside-").rpartition("-") + (text,) for name, text in request.form.items())
    found: dict[str, dict[int, str]] = {}
    for row_id, _dash, place, text in typed:
        if row_id in ids and place.isascii() and place.isdecimal() and len(place) < 4:
            found.setdefault(row_id, {})[int(place)] = " ".join(text.split())[:300]
    return found


def _read_files(test_id: int, rows: list[dict[str, str]]) -> list[str]:
    """Each uploaded file fills its row and is kept with it; one that cannot be read is named, the rest stays."""
    wrong = []
    on_page = {row_id: number for number, row_id in enumerate(request.form.getlist("point-id"), 1) if row_id}
    for at, row in enumerate(rows):
        for kind, read in READERS.items():
            upload = request.files.get(f"{kind}-{on_page.get(row['id'], 0)}")
            if upload is None or not upload.filename:
                continue
            try:
                reading = read(upload.stream.read(MOST_BYTES), address())
                upload.stream.seek(0)
                kept = store().store(upload.stream, upload.filename)
                with write_transaction():
                    point = db.session.get_one(QualityTest, test_id).points[at]
                    file = _attach(point, kind, kept)
                    add_reading(point, replace(reading, file_id=file.id, file_name=file.name))
            except (UnreadableMeasurement, UploadRefused) as refused:
                wrong.append(_("%(point)s: berkas “%(file)s” tidak dipakai. %(why)s",
                               point=row["name"] or _("Titik %(at)s", at=at + 1), file=upload.filename[:120],
                               why=str(refused)))  # fmt: skip
    return wrong


def _attach(point: TestPoint, kind: str, kept: StoredFile) -> Attachment:
    test = db.session.get_one(QualityTest, point.test_id)
    file = Attachment(ticket_id=test.ticket_id, sha256=kept.sha256, name=kept.name, size=kept.size,
                      content_type=kept.content_type, is_inline=False, is_public=False)  # fmt: skip
    db.session.add(file)
    db.session.flush()
    setattr(point, f"{kind}_file_id", file.id)
    return file


def _test_page(
    ticket: Ticket, test: QualityTest, rows: Sequence[Mapping[str, Shown]] | None = None, wrong: list[str] | None = None
) -> str:
    return render_template(
        "admin/installation/test.html", ticket=ticket, test=test,
        rows=[_row(p) for p in test.points] if rows is None else rows,
        readings={str(point.id): point.taken for point in test.points},
        counts=point_counts(ticket), reason=request.form.get("points_reason", test.points_reason),
        wrong=wrong or [], connections=CONNECTIONS, speeds=SPEEDS,
        failures=[[one.sentence for one in point.shortfalls()] for point in test.points] if rows is None else [],
        limits={CONNECTIONS[kind.value]: limit_sentences(limits_for(kind)) for kind in Connection},
    )  # fmt: skip


def _row(point: TestPoint) -> dict[str, Shown]:
    row: dict[str, Shown] = {name: getattr(point, name, None) for name in ROW}
    for name in ("length_m", "udp_loss_percent", "rtt_ms", "jitter_ms", "throughput_mbps", "signal_dbm"):
        figure = getattr(point, name, None)
        row[name] = "" if figure is None else volume_text(figure)
    row["wire_map"] = {True: "good", False: "bad"}.get(point.wire_map_good, "")  # type: ignore[arg-type]  # None is empty
    return {name: "" if value is None else value for name, value in row.items()}
