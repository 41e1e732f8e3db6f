"""Accounts: unit e-mail (E) and passwords (P): the steps and what they write."""
