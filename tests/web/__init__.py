"""Tests of what every page shares: addresses, compiled pages."""
