"""Names every procedure's module, so that the catalogue is complete; it declares none."""

from procedures import complaint, network_installation, password_change, unit_email

ALL = (complaint, network_installation, password_change, unit_email)
