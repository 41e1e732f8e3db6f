"""The words of a mail's HTML as plain text, and how deep it is built; once through, so that no HTML makes it slow."""

from __future__ import annotations

import html as references
import re

from gateways.mailbox.letters_read import cleaned

_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"</?\s*([a-zA-Z][a-zA-Z0-9]*)")
_HIDDEN = {"script", "style", "head", "title", "template"}
_BLOCKS = {"p", "br", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "hr"}
_NEVER_OPEN = {"br", "hr", "img", "meta", "link", "input", "col", "area", "base", "wbr", "p", "li", "tr", "td", "th"}


def plain_of(html: str) -> str:
    """Paragraph by paragraph; what no reader sees (scripts, styles) is left out."""
    kept, hidden = [], ""
    for piece in _TAG.split(html):
        if not piece.startswith("<"):
            kept.append("" if hidden else piece.replace("\r", " ").replace("\n", " "))
            continue
        name = _name(piece)
        if hidden:
            hidden = "" if name == hidden and piece.startswith("</") else hidden
        elif name in _HIDDEN and not piece.startswith("</"):
            hidden = name
        elif name in _BLOCKS:
            kept.append("\n")
    lines = [" ".join(line.split()) for line in cleaned(references.unescape("".join(kept))).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def depth_of(html: str) -> int:
    """How many elements stand in one another at most; those that are never closed count as open to the end."""
    deepest = depth = 0
    for piece in _TAG.findall(html):
        name = _name(piece)
        if name and name not in _NEVER_OPEN and not piece.endswith("/>"):
            depth = max(0, depth - 1) if piece.startswith("</") else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _name(piece: str) -> str:
    found = _NAME.match(piece[:40])
    return found[1].lower() if found else ""
