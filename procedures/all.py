"""Names every procedure's module, so that the catalogue is complete; it declares none."""

from procedures import complaint, network_installation, network_outage, server_outage

ALL = (complaint, network_installation, network_outage, server_outage)
