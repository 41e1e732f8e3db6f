"""Mail of the demonstration: a mailbox that is filled by hand, and mails that wait in the operator's inbox."""

from __future__ import annotations

import threading
from email.message import EmailMessage
from zlib import crc32

from models.base.db import db, utcnow, write_transaction
from models.tickets.mailbox import Mailbox
from procedures.tickets.inbox.keep_raw import RawMail, keep_all
from procedures.tickets.inbox.read_stored import read_stored

ADDRESS = "pengaduan@pustikom.example"
HTML = "<p>Yth. Pustikom,</p><p>Portal tidak terbuka dari <b>rumah</b>; dari kampus terbuka.</p>"
PICTURE = (  # one white pixel as PNG
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde\x00\x00\x00"
    b"\x0cIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\r\xefF\xb8\x00\x00\x00\x00IEND\xaeB`\x82"
)


def seed_mails() -> None:
    """Three that wait, one of them an automatic answer, and one whose sender is not clear."""
    with write_transaction():
        box = Mailbox(address=ADDRESS, connected_at=utcnow())
        db.session.add(box)
    first = _mail("Wi-Fi ruang sidang mati lagi",
                  "Wi-Fi ruang sidang lantai 2 mati sejak pagi.\n\n-- \nYulia Rahmi\nFakultas Hukum")  # fmt: skip
    first.add_attachment(PICTURE, maintype="image", subtype="png", filename="lampu-ap.png")
    second = _mail("Portal tidak terbuka", "Portal tidak terbuka dari rumah.")
    second.add_alternative(HTML, subtype="html")
    third = _mail("Balasan otomatis: Pengaduan", "Kantor kami tutup.")
    third["Auto-Submitted"] = "auto-replied"
    fourth = _mail("Penting", "Mohon dibuka.")
    senders = {
        "Yulia Rahmi <yulia@hukum.example>": first,
        "Nadia <nadia@fkip.example>": second,
        "Rektorat <rektorat@kampus.example>": third,
        "siapa@kampus.example <lain@luar.example>": fourth,
    }
    raws = [f"From: {sender}\n".encode() + mail.as_bytes() for sender, mail in senders.items()]
    keep_all(box.id, [RawMail(raw, received_at=utcnow()) for raw in raws])
    read_stored(threading.Event())


def _mail(subject: str, text: str) -> EmailMessage:
    mail = EmailMessage()
    mail["To"], mail["Subject"] = ADDRESS, subject
    mail["Message-ID"] = f"<{crc32(subject.encode())}@contoh.example>"
    mail.set_content(text)
    return mail
