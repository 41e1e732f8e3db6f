"""Tests of money, words and working time."""
