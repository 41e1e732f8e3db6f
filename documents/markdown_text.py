"""Turns the Markdown of pages and descriptions into safe HTML, the same for the preview and the public page."""

from __future__ import annotations

from markupsafe import Markup

TAGS = {
    "a", "b", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "i", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}}
SCHEMES = {"http", "https", "mailto", "tel"}


def as_html(text: str) -> Markup:
    """Headings begin at h2, since the page has its own title; scripts, styles, pictures and raw handlers go."""
    import nh3  # noqa: PLC0415  # for pages the centre writes alone
    from markdown import markdown  # noqa: PLC0415  # as above

    html = markdown(text, extensions=["tables", "sane_lists"], output_format="html")
    for level in (3, 2, 1):
        html = html.replace(f"<h{level}>", f"<h{level + 1}>").replace(f"</h{level}>", f"</h{level + 1}>")
    return Markup(
        nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer")
    )
