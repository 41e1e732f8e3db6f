"""The child that reads mails; with what is read go the bytes of their files, whose sizes stand in the reading."""

from __future__ import annotations

from gateways.guarded.child import serve
from gateways.mailbox.mail_read import Unreadable
from gateways.mailbox.read_mail import read_mail
from models.base.columns.json_value import Json


def _read(raw: bytes, _how: str) -> tuple[dict[str, Json], list[bytes]]:
    found = read_mail(raw)
    return found.without_data(), [file.data for file in found.files]


if __name__ == "__main__":
    serve(_read, Unreadable)
