"""Printed papers of the office; this package never reads the database and never sends anything."""
