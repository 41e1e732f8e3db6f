"""The organisation: staff, units, settings, audit: the rows."""
