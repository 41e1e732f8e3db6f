"""What a campus directory can do and how it fails; and the stand-in of a campus that has none.

It never decides who may change a password and never keeps one; it never logs a value it was given.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import lazy_gettext as _l

from models.base.wording import Words

TIME_LIMIT_SECONDS = 10
"""A directory call may take this long in all; it runs inside a person's request (steps P4 and E4)."""


@dataclass(frozen=True)
class DirectoryEntry:
    """One login as the directory holds it. Times are aware UTC; None where the server does not tell."""

    login: str
    name: str
    mail: str
    is_suspended: bool
    must_change: bool
    password_changed_at: datetime | None
    changed_at: datetime | None
    made_for: str
    place: str = ""
    """The entry's distinguished name: where it was found is where it is changed."""


@dataclass(frozen=True)
class PasswordResult:
    """What came of setting a password: whether the server will ask for a new one at the next login."""

    must_change: bool


@dataclass(frozen=True)
class Proof:
    """An entry whose password somebody knew: what it keeps when it is renamed, and its number if it was asked for."""

    unique: str
    number: str


NO_ANSWER = _l(
    "Server direktori tidak menjawab dalam 10 detik dan belum ada yang diubah. "
    "Coba lagi beberapa menit lagi; bila tetap gagal, hubungi Divisi Networking."
)


class DirectoryError(Exception):
    """A directory call failed. `sentence` is for the screen; `nothing_changed` is True only when certain."""

    sentence: Words = _l("Server direktori menolak permintaan ini. Hubungi administrator direktori.")
    nothing_changed = True

    def __init__(self, detail: str = "", *, nothing_changed: bool | None = None) -> None:
        super().__init__(detail or type(self).__name__)
        self.detail = detail
        if nothing_changed is not None:
            self.nothing_changed = nothing_changed


class DirectoryUnreachable(DirectoryError):
    """No connection, so nothing was changed."""

    sentence = _l(
        "Server direktori tidak dapat dihubungi, jadi belum ada yang diubah. "
        "Coba lagi beberapa menit lagi; bila tetap gagal, hubungi Divisi Networking."
    )


class DirectoryTimeout(DirectoryError):
    """No answer within the limit; a change that was under way may or may not have been made."""

    sentence = _l(
        "Server direktori tidak menjawab dalam 10 detik. Hasilnya akan diperiksa otomatis; "
        "jangan memberikan password kepada siapa pun sebelum statusnya jelas."
    )

    def __init__(self, detail: str = "", *, nothing_changed: bool | None = None) -> None:
        super().__init__(detail, nothing_changed=nothing_changed)
        if self.nothing_changed:
            self.sentence = NO_ANSWER


class DirectoryUntrusted(DirectoryError):
    """The server's certificate is not that of the configured server; nothing was sent to it."""

    sentence = _l(
        "Sertifikat server direktori tidak sah, jadi tidak ada yang dikirim. "
        "Laporkan kepada Kepala Divisi Networking sebelum mencoba lagi."
    )


class DirectoryForbidden(DirectoryError):
    """Our own login to the directory is wrong or lacks the right."""

    sentence = _l("Server direktori menolak hak aplikasi ini. Minta administrator memeriksa akun layanan direktori.")


class EntryMissing(DirectoryError):
    """The login is not in the directory."""

    sentence = _l("Akun ini tidak ada di server direktori. Samakan dahulu register akun dengan direktori.")


class SeveralEntries(DirectoryError):
    """More than one entry has this login, so nobody can say whose password would change."""

    sentence = _l(
        "Ada lebih dari satu entri dengan nama akun ini di server direktori, jadi belum ada yang diubah. "
        "Minta administrator direktori merapikannya."
    )


class NameRefused(DirectoryError):
    """The server's kind of directory takes no login of this spelling or length."""

    sentence = _l(
        "Nama akun ini tidak dapat dipakai di Active Directory: paling panjang 20 karakter, tanpa tanda khusus. "
        "Usulkan alamat yang lebih pendek."
    )


class EntryExists(DirectoryError):
    """A login of that name is there already."""

    sentence = _l("Nama akun ini sudah ada di server direktori. Pilih alamat lain atau periksa pemiliknya.")


class PasswordRejected(DirectoryError):
    """The server's password policy refused the password, or it was empty (refused before any connection)."""

    sentence = _l("Server direktori menolak password ini menurut aturannya. Ulangi untuk mendapat password lain.")


class MustChangeFirst(DirectoryError):
    """The password was set by somebody else and must be changed before it proves anything."""

    sentence = _l("Kata sandi kampus Anda masih yang sementara. Ganti dulu di layanan email kampus, lalu masuk lagi.")


class NotSupported(DirectoryError):
    """The server lacks what was asked (suspension needs a password policy, for one)."""

    sentence = _l("Server direktori tidak mendukung tindakan ini. Lakukan di sistem email, lalu catat di sini.")


class Directory(Protocol):
    """What every directory offers. Each call raises DirectoryError and takes 10 seconds at most."""

    is_connected: bool
    """False: the register is kept alone and the officer ticks what was done in the mail system."""

    def find(self, login: str) -> DirectoryEntry | None: ...

    def entries(self) -> Iterator[DirectoryEntry]: ...

    def create(self, login: str, name: str, mail: str) -> None:
        """Make a suspended entry without a password (EntryExists when it is there)."""

    def make(self, login: str, name: str, mail: str, password: str, made_for: str) -> PasswordResult:
        """Entry, password and activation in one conversation (E4), the harmless part first.

        `made_for` is the ticket's number, kept in the entry. EntryExists when the login is there, unless it was
        made for this very ticket: then an interrupted try left it, and is finished.
        """
        ...

    def activate(self, login: str) -> None: ...

    def suspend(self, login: str) -> None: ...

    def prove(self, login: str, password: str, number: str) -> Proof | None:
        """Do the two belong together? None where they do not; `number` names the attribute to read along.

        Raises MustChangeFirst.
        """
        ...

    def set_password(self, login: str, password: str) -> PasswordResult:
        """Set a password, as the server's kind wants it, and ask for a new one at the next login where it can."""


class RegisterAlone:
    """No directory: every change is a no-op here, and the register says what a person did elsewhere."""

    is_connected = False

    def find(self, login: str) -> DirectoryEntry | None:
        return None

    def entries(self) -> Iterator[DirectoryEntry]:
        return iter(())

    def create(self, login: str, name: str, mail: str) -> None:
        return None

    def make(self, login: str, name: str, mail: str, password: str, made_for: str) -> PasswordResult:
        return self.set_password(login, password)

    def activate(self, login: str) -> None:
        return None

    def suspend(self, login: str) -> None:
        return None

    def prove(self, login: str, password: str, number: str) -> Proof | None:
        return None

    def set_password(self, login: str, password: str) -> PasswordResult:
        refuse_empty(password)
        return PasswordResult(must_change=False)


def refuse_empty(password: str) -> None:
    """Refuse an empty password here: a server takes it for an anonymous login (RFC 4513, 5.1.2)."""
    if not password.strip():
        raise PasswordRejected("empty password")
