"""Checks every page that a test fetches: one title, one h1, labels, CSRF in each POST form, nothing unfinished."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import lxml.html
from flask.testing import FlaskClient

UNFINISHED = re.compile(
    r"\bNone\b|&lt;[\w.]+ object at|<[\w.]+ object at|<[A-Z]\w+ |Undefined|LazyString|lazy_gettext|Traceback"
)


def page(client: FlaskClient, path: str, status: int = 200, **options: Any) -> str:
    """Fetch a page, check it and return its HTML."""
    answer = client.get(path, **options)
    assert answer.status_code == status, (path, answer.status_code, answer.text[:400])
    check(answer.text)
    return answer.text


def check(html: str) -> None:
    """Raise AssertionError with every fault of the page."""
    found = faults(html)
    assert found == [], found


def faults(html: str) -> list[str]:
    root = lxml.html.document_fromstring(html)
    found = [f"{root.xpath('count(//head/title)'):g} titles"] * (len(root.xpath("//head/title")) != 1)
    found += [f"{len(root.xpath('//h1'))} h1"] * (len(root.xpath("//h1")) != 1)
    found += ["no lang"] * (root.get("lang") not in ("id", "en"))
    ids = Counter(root.xpath("//@id"))
    found += [f"id {name} stands {count} times" for name, count in ids.items() if count > 1]
    found += [f"{e.tag} has {a}" for e in root.iter() if isinstance(e.tag, str) for a in e.attrib if a.startswith("on")]
    found += [f"{e.tag} has style" for e in root.xpath("//body//*[@style]")]
    found += [
        f"no CSRF in {f.get('action')}"
        for f in root.xpath("//form[translate(@method,'POST','post')='post']")
        if not f.xpath(".//input[@name='csrf_token']")
    ]
    found += [f"no label for {e.get('name')}" for e in root.xpath(FIELDS) if not _label(root, e)]
    found += [f"file field {e.get('name')} has no accept" for e in root.xpath("//input[@type='file'][not(@accept)]")]
    text = " ".join(t for e in root.xpath(TEXTS) if (t := str(e).strip()))
    found += [f"unfinished: {m}" for m in UNFINISHED.findall(text)]
    return found


TEXTS = "//body//text()[not(ancestor::script) and not(ancestor::style) and not(ancestor::textarea)]"
FIELDS = "//input[not(@type='hidden') and not(@type='submit')] | //select | //textarea"


def _label(root: Any, field: Any) -> bool:
    if field.get("aria-label") or field.xpath("ancestor::label"):
        return True
    return bool(field.get("id")) and bool(root.xpath("//label[@for=$id]", id=field.get("id")))
