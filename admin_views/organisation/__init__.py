"""The organisation: staff, units, settings, audit: the pages of staff."""
