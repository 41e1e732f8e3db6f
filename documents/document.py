"""Makes a PDF/A of plain data by a Typst template; data passes as JSON and can never be markup."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from documents.glyphs import printable
from documents.typesetting import pdf_of
from models.base.columns.json_value import Json
from models.base.rupiah import volume_text
from models.base.wording import on_date, on_date_at, rupiah

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Printed: TypeAlias = "Json | Decimal | date | datetime | DataclassInstance | Sequence[Printed] | Mapping[str, Printed]"
"""What a document is made of: plain data, and records whose fields and properties are printed."""

VERBATIM = {"qr", "status_qr"}


@dataclasses.dataclass(frozen=True)
class Letterhead:
    """Head of every document; all of it comes from the settings."""

    university: str
    centre: str
    address: str
    phone: str
    email: str = ""
    website: str = ""
    mark: str = "P"
    emblem: str = ""  # the hash of the kept picture; without one the mark stands in its place


@dataclasses.dataclass(frozen=True)
class Signature:
    """Who signs. A delegate signs in the centre's name: `on_behalf` is then "a.n. Pustikom".

    Without a name there is a line to write it on. `stamp` is what the place for the stamp duty says.
    """

    position: str
    name: str
    staff_number: str = ""
    on_behalf: str = ""
    caption: str = ""
    electronic: bool = True
    number_kind: str = "NIK"
    stamp: str = ""


@dataclasses.dataclass(frozen=True)
class PrintedPhoto:
    """A photo by the hash of its kept file, with what was drawn over it (models/base/columns/photo_marks.py)."""

    photo: str
    caption: str
    marks: str = ""


@dataclasses.dataclass(frozen=True)
class Identity:
    """What makes a document this one. `code` is empty on a draft, which then says so across the page."""

    title: str
    number: str
    issued_at: datetime
    place: str
    code: str = ""
    base_url: str = ""
    status: str = ""

    @property
    def check_url(self) -> str:
        return f"{self.base_url.rstrip('/')}/verifikasi/{self.code}" if self.code else ""


def qr_svg(text: str) -> str:
    """A QR code as an SVG picture, error correction M, without quiet zone (the template leaves the room)."""
    import segno  # noqa: PLC0415  # a megabyte, for a picture that few pages show

    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawing, kind="svg", border=0, dark="#10305f", xmldecl=False)
    return drawing.getvalue().decode()


@dataclasses.dataclass(frozen=True)
class Composed:
    """A document ready for print: template, data as JSON, and the only clock of its file (seconds since 1970).

    Keep these three and the document can be printed again byte for byte.
    """

    template: str
    data: str
    stamp: int

    def pdf(self) -> bytes:
        """The document as PDF/A-2b, printed in this process. Raises DocumentNotPrinted when Typst refuses."""
        return pdf_of(self.template, self.data, self.stamp)


def compose(
    template: str, identity: Identity, letterhead: Letterhead, content: DataclassInstance, **computed: Printed
) -> Composed:
    """Fix what `templates/typst/<template>.typ` will print of `content`, a dataclass of plain data."""
    head: dict[str, Printed] = {
        "letterhead": letterhead,
        "identity": identity,
        "check_url": identity.check_url,
        "issued_on": on_date(identity.issued_at),
        "qr": _identity_qr(identity),
    }
    data = json.dumps(_plain({**head, "content": content, **computed}))
    return Composed(template, data, int(identity.issued_at.timestamp()))


def _identity_qr(identity: Identity) -> str:
    return qr_svg(identity.check_url) if identity.check_url else ""


def _plain(value: Printed, name: str = "") -> Json:
    """Data as JSON knows it, worded in Indonesian: money by the `_rp` of its name, the rest by type."""
    if isinstance(value, str):
        return value if name in VERBATIM else printable(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return rupiah(value) if name.endswith("_rp") else value
    if isinstance(value, Decimal):
        return volume_text(value)
    if isinstance(value, datetime):
        return on_date_at(value)
    if isinstance(value, date):
        return on_date(value)
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, name) for item in value]
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        raise TypeError(value)
    return {name: _plain(getattr(value, name), name) for name in _printed_fields(value)}


def _printed_fields(part: DataclassInstance) -> list[str]:
    """Names of the fields and of the properties of a dataclass: both are facts that a template may print."""
    kind = type(part)
    shown = [name for name, member in vars(kind).items() if isinstance(member, property)]
    return [field.name for field in dataclasses.fields(part)] + shown
