"""Rows of the organisation: staff and their roles, units, the audit, office numbers."""
