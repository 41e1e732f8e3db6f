"""Names every procedure's module, so that the catalogue is complete; it declares none."""

from procedures import complaint

ALL = (complaint,)
