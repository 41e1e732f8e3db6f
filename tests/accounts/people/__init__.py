"""Tests of the register of people: files taken in, through the panel and by command."""
