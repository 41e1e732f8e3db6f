"""Accounts: unit e-mail (E) and passwords (P): the jobs without a click."""
