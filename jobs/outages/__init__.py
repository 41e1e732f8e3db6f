"""Jobs for outages: checks are made, outages opened and ended, the copy of the board written."""
