"""Tests of accounts against a real directory server: calls, crashes between them, the comparison."""
