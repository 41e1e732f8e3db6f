"""Shows the mails of a step before they go: the words, every recipient and why, who has no address.

The first press of such a step leads here (press.py); only the second press, on this page, takes the step, and only if
it tells exactly those who stand on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from itsdangerous import URLSafeTimedSerializer

from admin_views.frame.list import ListPages
from gateways.files.file_store import StoredFile, UploadRefused
from models.organisation.staff import Staff
from models.tickets.ticket import Ticket
from procedures.engine.declaration import Actor, Step
from procedures.engine.rehearsal import Rehearsal
from procedures.engine.take_step import StepRefused
from web.file_references import KeptFileGone, kept_file, reference_of

OWN_FIELDS = ("csrf_token", "seen", "back", "kept", "version", "once")


@dataclass(frozen=True)
class Sent:
    """What the press brought: the ticket, and the fields beside the step's own."""

    ticket_id: int
    version: int | None
    once: str | None
    files: Sequence[StoredFile]


def preview_page(
    view: ListPages[Ticket], step: Step, by: Actor, found: Rehearsal, sent: Sent, refused: StepRefused | None
) -> ResponseReturnValue:
    """The mails that the step would send; `refused` where the recipients changed since they were looked at."""
    page = render_template(
        "admin/tickets/mail_preview.html",
        view=view,
        ticket=view.get_one(sent.ticket_id),
        step=step,
        found=found,
        fields=[(key, value) for key, value in request.form.items(multi=True) if key not in OWN_FIELDS],
        sent=sent,
        kept=[(reference(file, by.staff), file.name) for file in sent.files],
        refused=refused,
    )
    return page, 409 if refused else 200


def _signer(staff: Staff) -> URLSafeTimedSerializer:
    keys: list[str] = [*(current_app.config.get("SECRET_KEY_FALLBACKS") or ()), current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt=f"step-file:{staff.id}")


def reference(file: StoredFile, staff: Staff) -> str:
    """A signed word for a stored file, so that the second press needs no second upload."""
    return reference_of(file, _signer(staff))


def recalled(references: Iterable[str], staff: Staff) -> list[StoredFile]:
    """The files that the first press brought. Raises UploadRefused where one is gone."""
    files = []
    for text in references:
        try:
            files.append(kept_file(text, _signer(staff)))
        except KeptFileGone as gone:
            raise UploadRefused(_("Lampiran yang tadi dipilih sudah tidak disimpan. Pilih lagi.")) from gone
    return files
