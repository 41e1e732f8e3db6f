"""Seals the audit and the histories of tickets row by row, and finds what was changed afterwards."""
