"""Takes a mail's words apart: what its writer says now, the signature, and the history quoted below.

Line by line and once through, so that no text can make it slow. Nothing is thrown away: what is folded stays readable,
and where nothing would be left everything is shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST_LINE = 400  # a longer line begins no quotation
MOST_LINES = 20_000

_SAYS = re.compile(
    r"(?i)^\s*>*\s*(on|pada|am|le|el|tanggal|den|at|pd)\b.{3,}\b(wrote|menulis|menuliskan|berkata|schrieb|a écrit"
    r"|escribió|said|tulis)\s?:?\s*$"
)
_WROTE = re.compile(r"(?i)^\s*>*\s*am\b.{3,120}\bschrieb\b.{0,120}:\s*$")
_SAYS_ENDS = re.compile(r"(?i)^.{0,200}\b(wrote|menulis|menuliskan|schrieb|a écrit|escribió)\s?:\s*$")
_SAYS_BEGINS = re.compile(r"(?i)^\s*(on|pada|am|le|el|tanggal|pd)\b.{5,}$")
_NAMED = re.compile(r"(?i)^.{0,200}<[^<>\s]+@[^<>\s]+>.{0,80}\b(menulis|wrote|schrieb)\s?:?\s*$")
_RULE = re.compile(
    r"(?i)^\s*[-_*=]{2,}\s*(original message|original appointment|pesan asli|pesan asal|pesan sebelumnya|balasan untuk"
    r"|ursprüngliche nachricht|message d'origine|mensaje original)\b.*$"
)
_FORWARD = re.compile(
    r"(?i)^\s*([-_*=]{2,}\s*(forwarded message|pesan terusan|pesan yang diteruskan|forwarded by|weitergeleitete)\b.*"
    r"|begin forwarded message:|mulai pesan terusan:|awal pesan yang diteruskan:)\s*$"
)
_HEAD_FROM = re.compile(r"(?i)^\s*\**(from|dari|von|de|pengirim)\s?:\**\s*\S.*$")
_HEAD_MORE = re.compile(
    r"(?i)^\s*\**(sent|date|to|cc|subject|dikirim|terkirim|tanggal|kepada|untuk|perihal|subjek|judul|gesendet|an"
    r"|betreff|datum|envoyé|à|objet)\s?:\**.*$"
)
_UNDERLINE = re.compile(r"^\s*_{10,}\s*$")
_PHONE = re.compile(
    r"(?i)^\s*(sent from (my|yahoo|mail for|samsung|outlook)|get outlook for|dikirim dari|terkirim dari|diketik dari"
    r"|sent via|powered by (cri|telkomsel)|dikirim dengan|sent with|kirim dari|von meinem|envoyé de)\b.{0,100}$"
)


@dataclass(frozen=True)
class ReplyParts:
    """`said` is what the writer says now; `quoted` the history; `is_forward` where the mail passes another on."""

    said: str
    signature: str = ""
    quoted: str = ""
    is_forward: bool = False

    @property
    def whole_story(self) -> str:
        """What a new complaint says: of a mail that passes another on, that one too."""
        parts = [self.said, self.quoted if self.is_forward else "", self.signature]
        return "\n\n".join(part for part in parts if part)


def parts_of(text: str) -> ReplyParts:
    """Take the words of a plain text apart."""
    lines = text.split("\n")[:MOST_LINES]
    at, is_forward = _history_at(lines)
    own, quoted = lines[:at], lines[at:]
    own, after = _below_quotes(own, quoted)
    own = [*own, *after]
    quoted = quoted[: len(quoted) - len(after)] if after else quoted
    own, tail = _trailing_quotes(own)
    own, signature = _signature(own)
    said = _tidy(own)
    quoted_words = "\n".join(part for part in (_tidy(tail), _tidy(quoted)) if part)
    if not said:
        if signature and not quoted_words:
            return ReplyParts(_tidy(signature))
        return ReplyParts(quoted_words or _tidy(lines), _tidy(signature) if quoted_words else "", "", is_forward)
    return ReplyParts(said, _tidy(signature), quoted_words, is_forward)


def _history_at(lines: list[str]) -> tuple[int, bool]:
    """The line from which on it is history, and whether a mail is passed on."""
    for at, line in enumerate(lines):
        if len(line) > LONGEST_LINE or not line.strip():
            continue
        if _FORWARD.match(line):
            return at, True
        if _RULE.match(line) or _SAYS.match(line) or _WROTE.match(line) or _NAMED.match(line):
            return at, False
        if _SAYS_BEGINS.match(line) and _is_said_over_lines(lines, at):
            return at, False
        if _HEAD_FROM.match(line) and _is_head(lines, at):
            begins = at - 1 if at and _UNDERLINE.match(lines[at - 1]) else at
            return begins, False
    return len(lines), False


def _is_said_over_lines(lines: list[str], at: int) -> bool:
    """ "On Monday, Budi <budi@…>" and, one or two lines further, "wrote:"."""
    for line in lines[at + 1 : at + 3]:
        if len(line) > LONGEST_LINE or not line.strip():
            return False
        if _SAYS_ENDS.match(line):
            return True
    return False


def _is_head(lines: list[str], at: int) -> bool:
    """ "Dari:" and two more lines of a mail's head within the next five: Outlook's way."""
    near = [line for line in lines[at + 1 : at + 7] if line.strip() and len(line) <= LONGEST_LINE][:5]
    return sum(bool(_HEAD_MORE.match(line)) for line in near) >= 2


def _below_quotes(own: list[str], quoted: list[str]) -> tuple[list[str], list[str]]:
    """Whoever answers below the quotation: what stands after its last line that is marked with ">"."""
    if _tidy(own) or not quoted:
        return own, []
    marked = [at for at, line in enumerate(quoted) if line.lstrip().startswith(">")]
    after = quoted[marked[-1] + 1 :] if marked else []
    return own, after if _tidy(after) else []


def _trailing_quotes(lines: list[str]) -> tuple[list[str], list[str]]:
    """Marked lines at the end; those between the writer's own lines stay, for he answers them one by one."""
    at = len(lines)
    while at and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith(">")):
        at -= 1
    return (lines[:at], lines[at:]) if any(line.strip() for line in lines[at:]) else (lines, [])


def _signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """From "-- " on (RFC 3676, 4.3), or the line that a phone's program adds."""
    for at, line in enumerate(lines):
        if line in ("-- ", "--", "— ", "—") and len(lines) - at <= 30:
            return lines[:at], lines[at + 1 :]
        if len(line) <= LONGEST_LINE and _PHONE.match(line) and len(_tidy(lines[at:]).split("\n")) <= 3:
            return lines[:at], lines[at:]
    return lines, []


def _tidy(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")
