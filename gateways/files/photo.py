"""Re-encodes pictures, so that position, device and hidden data are gone.

What phones, scanners and Windows make is read (JPEG, PNG, WEBP, HEIC, TIFF, BMP); what every browser shows is kept.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

LONGEST_SIDE = 4000
MOST_PIXELS = 40_000_000
MOST_READ_SMALLER = 220_000_000  # a JPEG photo is decoded at a half, a quarter or an eighth of its size
MOST_OF = {
    "JPEG": MOST_READ_SMALLER,
    "HEIF": 64_000_000,  # phones save 48 and 50 megapixels in it, and it is decoded whole
}
MOST_PROGRESSIVE = 64_000_000  # a JPEG in many passes lies in memory whole before the first row comes out
MOST_PAGES = 100
_QUALITY = {"JPEG": 88, "WEBP": 85}
_KEPT_AS_THEY_ARE = ("JPEG", "PNG", "WEBP")


class PictureTooLarge(ValueError):
    """More pixels than are decoded here; `most` is the limit that holds for this kind of picture."""

    def __init__(self, most: int = MOST_PIXELS) -> None:
        super().__init__(most)
        self.most = most


class PictureBroken(ValueError):
    """Not readable to its end as the picture it claims to be."""


class TooManyPages(ValueError):
    """A scan of more pages than are taken in one file."""


@dataclass(frozen=True)
class Picture:
    """A picture as kept: its bytes and the format they are in (JPEG, PNG, WEBP; PDF for a scan of several pages)."""

    data: bytes
    format: str


def re_encoded(data: bytes, picture_format: str) -> Picture:
    """The same picture, upright, at most 4,000 pixels a side, pixels and nothing else.

    Only the named decoder (JPEG, PNG, WEBP, HEIF, TIFF or BMP) is tried. Of a moving picture the first frame stays; of
    a scanned TIFF every page.
    """
    from PIL import Image  # noqa: PLC0415  # for uploaded pictures alone, and 10 MB

    Image.MAX_IMAGE_PIXELS = MOST_READ_SMALLER  # Pillow's own net hangs lower; each format has its limit below
    if picture_format == "HEIF":
        from pillow_heif import register_heif_opener  # noqa: PLC0415  # as above

        register_heif_opener(thumbnails=False)
    with _faults_named(picture_format), Image.open(io.BytesIO(data), formats=[picture_format]) as picture:
        _small_enough(picture, picture_format)
        if picture_format == "TIFF" and getattr(picture, "n_frames", 1) > 1:
            return Picture(_pages(picture), "PDF")
        picture.draft("RGB", _wanted(picture.size))  # JPEG alone: decodes large photos smaller
        return _encoded(_plain(picture), picture_format)


@contextmanager
def _faults_named(picture_format: str) -> Iterator[None]:
    """What Pillow's decoders raise on hostile input, in the words of this module."""
    from PIL import Image  # noqa: PLC0415  # as above

    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureTooLarge(MOST_OF.get(picture_format, MOST_PIXELS)) from bomb
    except (PictureTooLarge, TooManyPages):
        raise
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, OverflowError,
            RuntimeError, MemoryError) as broken:  # fmt: skip
        raise PictureBroken from broken


def _small_enough(picture: Image.Image, picture_format: str) -> None:
    most = MOST_OF.get(picture_format, MOST_PIXELS)
    if picture.info.get("progressive"):
        most = MOST_PROGRESSIVE
    if picture.width * picture.height > most:
        raise PictureTooLarge(most)


def _wanted(size: tuple[int, int]) -> tuple[int, int]:
    """The size that will be kept: of the sizes in which a JPEG can be decoded, the next larger one is taken."""
    share = min(1.0, LONGEST_SIDE / max(size))
    return max(1, int(size[0] * share)), max(1, int(size[1] * share))


def _pages(scan: Image.Image) -> bytes:
    """All pages of a scanned TIFF as a PDF; each is checked before the first is decoded."""
    for page in range(MOST_PAGES + 1):
        try:
            scan.seek(page)
        except EOFError:
            break
        if page == MOST_PAGES:
            raise TooManyPages
        _small_enough(scan, "TIFF")
    scan.seek(0)
    dots = float((scan.info.get("dpi") or (200.0,))[0]) or 200.0
    out = io.BytesIO()
    never = time.gmtime(0)  # the same scan sent twice gives the same bytes
    scan.save(out, "PDF", save_all=True, resolution=min(max(dots, 50.0), 1200.0), creationDate=never, modDate=never)
    return out.getvalue()


def _plain(picture: Image.Image) -> Image.Image:
    """Pixels in a plain mode, turned as the camera said, without any of the file's metadata."""
    from PIL import ImageOps  # noqa: PLC0415  # as above

    if picture.mode in ("L", "RGB", "RGBA", "CMYK", "YCbCr"):
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))  # before the copies that follow: a phone's photo is 150 MB
    picture.load()
    upright = ImageOps.exif_transpose(picture)
    see_through = "A" in upright.getbands() or "transparency" in upright.info
    plain = upright.convert("RGBA" if see_through else "L" if upright.mode in ("1", "L") else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain.info = {}
    return plain


def _encoded(picture: Image.Image, read_as: str) -> Picture:
    """In its own format where browsers show it; else a photo as JPEG, a grey scan as PNG."""
    kept = read_as if read_as in _KEPT_AS_THEY_ARE else {"L": "PNG", "RGBA": "WEBP"}.get(picture.mode, "JPEG")
    out = io.BytesIO()
    if kept == "PNG":
        picture.save(out, "PNG")
    else:
        picture.save(out, kept, quality=_QUALITY[kept])
    return Picture(out.getvalue(), kept)
