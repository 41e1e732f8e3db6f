"""Imports every procedure, so that the catalogue is complete."""

from procedures.accounts import password_change, unit_email
from procedures.installation import mail_proposals as installation_mails
from procedures.installation import network_installation
from procedures.outages import mail_proposals as outage_mails
from procedures.outages import network_outage, server_outage
from procedures.tickets import complaint

ALL = (network_installation, unit_email, password_change, network_outage, server_outage, complaint)
READ_MAILS = (installation_mails, outage_mails)  # imported for how their procedures read a mail
