"""Turns the Markdown of pages, descriptions and articles into safe HTML, the same for preview and public page."""

from __future__ import annotations

import re

from markupsafe import Markup

TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}}
SCHEMES = {"http", "https", "mailto", "tel"}
PICTURE = {"img": {"src", "alt"}}


def as_html(text: str, pictures: str = "") -> Markup:
    """Headings begin at h2, since the page has its own title; scripts, styles and raw handlers go.

    Pictures go too, but for those at an address of ours: `pictures` and a number.
    """
    import nh3  # noqa: PLC0415  # for pages the centre writes alone
    from markdown import markdown  # noqa: PLC0415  # as above

    html = markdown(text, extensions=["tables", "sane_lists"], output_format="html")
    highest = min((int(level) for level in re.findall(r"<h([1-6])>", html)), default=1)
    html = re.sub(r"(</?h)([1-6])>", lambda found: f"{found[1]}{min(int(found[2]) - highest + 2, 4)}>", html)
    own = re.compile(re.escape(pictures) + r"\d{1,9}")

    def kept(tag: str, name: str, value: str) -> str | None:
        return value if (tag, name) != ("img", "src") or own.fullmatch(value) else None

    clean = nh3.clean(
        html,
        tags=TAGS | PICTURE.keys() if pictures else TAGS,
        attributes=ATTRIBUTES | PICTURE if pictures else ATTRIBUTES,
        attribute_filter=kept,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer",
    )
    return Markup(re.sub(r"<img(?![^>]* src=)[^>]*>", "", clean))
