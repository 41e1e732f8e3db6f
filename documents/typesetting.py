"""Prints a template with its data as PDF/A by Typst, and imports so little that the press's child starts at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typst

HOUSE = Path(__file__).resolve().parent.parent
TEMPLATE_FOLDER, FONT_FOLDER = HOUSE / "templates" / "typst", HOUSE / "static" / "fonts"


class DocumentNotPrinted(RuntimeError):
    """The document could not be printed; the message is for the log, not for its reader."""


def pdf_of(template: str, data: str, stamp: int) -> bytes:
    """`templates/typst/<template>.typ` with its JSON, as PDF/A-2b of that moment (seconds since 1970).

    Data is never markup, and no file outside the folder is read. Raises DocumentNotPrinted when Typst refuses.
    """
    import typst  # noqa: PLC0415  # 7 MB, for processes that print alone

    try:
        pdf = _compiler(template).compile(
            format="pdf", sys_inputs={"data": data}, pdf_standards=["a-2b"], timestamp=stamp
        )
    except typst.TypstError as error:
        raise DocumentNotPrinted(f"{template}: {error}") from error
    if not isinstance(pdf, bytes):
        raise DocumentNotPrinted(f"{template}: no file came back")
    return pdf


def _compiler(template: str) -> typst.Compiler:
    import typst  # noqa: PLC0415  # as above

    if not template.isidentifier():
        raise DocumentNotPrinted(f"no template is called {template!r}")
    source = TEMPLATE_FOLDER / f"{template}.typ"
    nowhere = TEMPLATE_FOLDER / "no-packages"
    return typst.Compiler(
        source, root=TEMPLATE_FOLDER, font_paths=_fonts(), package_path=nowhere, package_cache_path=nowhere
    )


@cache
def _fonts() -> typst.Fonts:
    import typst  # noqa: PLC0415  # as above

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONT_FOLDER])
