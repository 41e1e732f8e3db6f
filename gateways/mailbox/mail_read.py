"""What is read of a mail: the words, files and signs that the inbox decides by; plain values that a child can send."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from models.base.columns.json_value import Json

MOST_PARTS, MOST_DEPTH, MOST_BYTES = 200, 20, 25 * 1024 * 1024  # security.md M11
LONGEST_TEXT = 200_000  # characters kept of text and of HTML; the raw mail has the rest
MOST_REFERENCES = 100


class Unreadable(Exception):
    """This mail cannot be read within its limits; the words say why, for whoever looks into quarantine."""


@dataclass
class ReadFile:
    """A file that came with a mail, as it came; nobody has looked into it yet."""

    name: str
    content_type: str
    content_id: str
    data: bytes


@dataclass
class Bounce:
    """A mail of ours that did not arrive (RFC 3464)."""

    message_id: str = ""
    recipient: str = ""
    status: str = ""  # 5.1.1
    is_final: bool = False
    said: str = ""


@dataclass
class MailRead:
    """A mail as read."""

    message_id: str = ""
    sender: str = ""
    sender_name: str = ""
    sender_fault: str = ""
    recipients: list[str] = field(default_factory=list)
    subject: str = ""
    text: str = ""
    html: str = ""
    references: list[str] = field(default_factory=list)  # In-Reply-To first
    authentication: list[str] = field(default_factory=list)  # Authentication-Results, topmost first
    kind: str = ""  # bounce, auto_reply, list, machine; "" by a person
    is_silent: bool = False
    loop: str = ""  # X-Loop
    remarks: list[str] = field(default_factory=list)
    bounce: Bounce | None = None
    files: list[ReadFile] = field(default_factory=list)

    def without_data(self) -> dict[str, Json]:
        """As JSON; the files' bytes are left out, their sizes stand in their place."""
        values = asdict(self)
        for file in values["files"]:
            file["data"] = len(file["data"])
        return values

    @classmethod
    def put_together(cls, values: dict[str, Any], datas: list[bytes]) -> MailRead:
        """The other way round."""
        files = [ReadFile(**{**file, "data": data}) for file, data in zip(values["files"], datas, strict=True)]
        bounce = Bounce(**values["bounce"]) if values["bounce"] else None
        return cls(**{**values, "files": files, "bounce": bounce})
