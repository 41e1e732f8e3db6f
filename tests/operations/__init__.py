"""Tests of backup, upgrade, crashes and the worker."""
