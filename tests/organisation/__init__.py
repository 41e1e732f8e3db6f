"""Tests of settings, rights and office numbers."""
