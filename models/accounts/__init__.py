"""Rows of unit e-mail and passwords (E, P): accounts, people, checks of identity, one-time links."""
