"""Accounts: unit e-mail (E) and passwords (P): the mails."""
