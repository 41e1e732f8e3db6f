"""The organisation: staff, units, settings, audit: the steps and what they write."""
