"""Pings, iperf3 and visits to web pages: what the centre watches and measures."""
