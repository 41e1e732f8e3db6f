"""Attacks on every address: hostile values, sent by every actor."""
