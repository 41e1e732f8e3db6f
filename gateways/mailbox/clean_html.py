"""Cleans the HTML of a mail for the sandboxed frame in which staff read it: nothing runs or is fetched (M8, M9)."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import escape

from gateways.mailbox.html_words import depth_of, plain_of

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "col", "colgroup", "dd", "del", "div", "dl",
    "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre", "q", "s",
    "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align"},
    "table": {"border", "cellpadding", "cellspacing"},
    "p": {"align"},
    "div": {"align"},
    "ol": {"start"},
}
LONGEST = 300_000  # characters
DEEPEST = 200  # elements in one another; beyond, cleaning takes time by the square


def clean_html(html: str, picture_of: Callable[[str], str]) -> str:
    """The HTML with allowed tags alone. `picture_of` gives a picture of the mail itself, by its Content-ID, as a data
    address, or nothing; a picture from anywhere else is left out, so that nobody learns who reads this when."""
    import nh3  # noqa: PLC0415  # for mails with HTML alone

    html = html[:LONGEST]
    if depth_of(html) > DEEPEST:
        return f"<pre>{escape(plain_of(html))}</pre>"

    def kept(tag: str, name: str, value: str) -> str | None:
        if (tag, name) == ("img", "src"):
            return (picture_of(value[4:].strip("<>")) or None) if value.lower().startswith("cid:") else None
        if name == "href" and value.lower().startswith("cid:"):
            return None
        return value

    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags={"script", "style", "title", "head"},
        attributes=ATTRIBUTES,
        attribute_filter=kept,
        url_schemes={"http", "https", "mailto", "cid"},
        link_rel="noopener noreferrer nofollow",
    )
