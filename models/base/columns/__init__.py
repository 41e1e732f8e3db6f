"""Kinds of columns that both databases keep in the same way."""
