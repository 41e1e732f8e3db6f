"""The form field on which somebody signs with a finger: static/js/signature.js draws, the server reads the strokes.

What is sent is the moment of signing on the phone (ISO 8601) and the strokes as JSON. Without a script there is no
sheet, and the form asks for a photo of the paper instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import Form, StringField
from wtforms.validators import StopValidation
from wtforms.widgets import TextArea

from models.base.db import utcnow
from models.installation.strokes import HEIGHT, WIDTH, BadStrokes, read_strokes

OLDEST = timedelta(days=30)  # so long a signed form may wait on a phone without a signal
CLOCKS_DIFFER = timedelta(minutes=10)


class SignatureSheet(TextArea):
    """The sheet with its button, shown by the script, around the box that is sent."""

    def __call__(self, field: SignatureField, **options: str) -> Markup:
        box = super().__call__(field, hidden=True, **options)
        return Markup(
            '<div class="pk-sign" data-signature hidden><canvas class="pk-sign__sheet" width="{w}" height="{h}"'
            ' role="img" aria-label="{empty}" data-empty="{empty}" data-signed="{signed}"></canvas>'
            '<button type="button" class="pk-btn pk-btn--small">{clear}</button></div>{box}'
        ).format(
            w=WIDTH,
            h=HEIGHT,
            empty=_("Bidang tanda tangan, kosong"),
            signed=_("Bidang tanda tangan, sudah ditandatangani"),
            clear=_("Hapus tanda tangan"),
            box=box,
        )


class SignatureField(StringField):
    """`strokes` is empty where nobody signed; `signed_at` is aware UTC, the server's where the phone's cannot be."""

    widget = SignatureSheet()

    strokes: Sequence[Sequence[int]] = ()
    signed_at: datetime | None = None

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.data = valuelist[0] if valuelist else ""
        moment, bracket, rest = self.data.partition("[")
        self.signed_at = _true_time(moment.strip()[:40])
        try:
            self.strokes = read_strokes(bracket + rest)
        except BadStrokes as bad:
            self.data = ""
            raise ValueError(str(bad)) from bad

    def pre_validate(self, form: Form) -> None:
        if self.process_errors:
            raise StopValidation  # the sentence stands already


def _true_time(text: str) -> datetime:
    now = utcnow()
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        return now
    said = said.replace(tzinfo=said.tzinfo or UTC).astimezone(UTC)
    return said if now - OLDEST <= said <= now + CLOCKS_DIFFER else now
