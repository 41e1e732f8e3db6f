"""Accounts: unit e-mail (E) and passwords (P): the pages of staff."""
