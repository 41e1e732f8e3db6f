"""The icons drawn as masks are the icons of the sprite, and every name that a menu or list uses is one of them."""

import re

from admin_views.frame.menu import SECTIONS
from tests.house.test_citations import ROOT

SYMBOL = re.compile(r'<symbol id="i-([\w-]+)" viewBox="0 0 24 24"><path d="([^"]+)"/></symbol>')
MASK = re.compile(r"^\.pk-i-([\w-]+) .*%3Cpath d='([^']+)'/%3E", re.MULTILINE)


def test_every_icon_of_the_sprite_has_its_mask():
    sprite = dict(SYMBOL.findall((ROOT / "static/img/icons.svg").read_text()))
    assert dict(MASK.findall((ROOT / "static/css/pk-icons.css").read_text())) == sprite
    assert {item.icon for _title, items in SECTIONS for item in items} <= set(sprite)
