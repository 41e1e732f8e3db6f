"""Tests of accounts: unit e-mail (E), passwords (P), people."""
