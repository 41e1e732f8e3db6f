"""The organisation: staff, units, settings, audit: the printed documents."""
