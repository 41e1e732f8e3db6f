"""Names every procedure's module, so that the catalogue is complete; it declares none."""

from procedures import complaint, network_installation, network_outage, password_change, server_outage, unit_email

ALL = (network_installation, unit_email, password_change, network_outage, server_outage, complaint)
