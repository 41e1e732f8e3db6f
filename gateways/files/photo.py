"""Re-encodes pictures so that position, device and hidden data are gone; it never keeps the original."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 4000
_QUALITY = {"JPEG": 88, "WEBP": 85}


class PictureTooLarge(ValueError):
    """More pixels than are decoded here."""


class PictureBroken(ValueError):
    """Not readable to its end as the picture it claims to be."""


def re_encoded(data: bytes, picture_format: str) -> bytes:
    """The same picture, upright, at most 4,000 pixels a side, in the same format, pixels and nothing else.

    Only the named decoder (JPEG, PNG or WEBP) is tried. Of a moving picture the first frame stays.
    """
    from PIL import Image  # noqa: PLC0415  # for uploaded pictures alone, and 10 MB

    try:
        with Image.open(io.BytesIO(data), formats=[picture_format]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureTooLarge
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG alone: decodes large photos smaller
            return _encoded(_plain(picture), picture_format)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureTooLarge from bomb
    except PictureTooLarge:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, OverflowError) as broken:
        raise PictureBroken from broken  # what Pillow's decoders raise on hostile input


def _plain(picture: Image.Image) -> Image.Image:
    """Pixels in a plain mode, turned as the camera said, without any of the file's metadata."""
    from PIL import ImageOps  # noqa: PLC0415  # as above

    picture.load()
    upright = ImageOps.exif_transpose(picture)
    see_through = "A" in upright.getbands() or "transparency" in upright.info
    plain = upright.convert("RGBA" if see_through else "L" if upright.mode in ("1", "L") else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain.info = {}
    return plain


def _encoded(picture: Image.Image, picture_format: str) -> bytes:
    out = io.BytesIO()
    if picture_format == "PNG":
        picture.save(out, "PNG")
    else:
        picture.save(out, picture_format, quality=_QUALITY[picture_format])
    return out.getvalue()
