"""A field for a whole number of things, read as everywhere in the house: 4, 1.200 or "4 titik"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wtforms import Form, StringField
from wtforms.validators import StopValidation

from models.base.typed_number import BadAmount, read_count
from models.base.wording import Words
from models.base.written import clean_line
from procedures.base.form_fields import SAYS_REQUIRED, FieldOption


class CountField(StringField):
    """Its data is an int within the bounds, or None where it is empty and need not be filled in."""

    data: int | None

    def __init__(
        self,
        label: Words,
        least: int,
        most: int,
        units: Sequence[str] = (),
        needed: bool = True,
        render_kw: Mapping[str, str | int] | None = None,
        **options: FieldOption,
    ) -> None:
        keys = {"inputmode": "numeric", **(render_kw or {})}
        super().__init__(label, render_kw=keys, **options)
        self.least, self.most, self.units, self.needed = least, most, units, needed
        self.typed = ""
        self.flags.required = needed

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        self.typed, self.data = clean_line(str(valuelist[0] if valuelist else "")), None
        if not self.typed:
            return
        try:
            self.data = read_count(self.typed, self.least, self.most, self.units)
        except BadAmount as bad:
            raise ValueError(str(bad)) from bad

    def pre_validate(self, form: Form) -> None:
        if self.process_errors:
            raise StopValidation  # the sentence stands already
        if self.data is None and self.needed:
            raise StopValidation(SAYS_REQUIRED)

    def _value(self) -> str:
        return self.typed or ("" if self.data is None else str(self.data))
