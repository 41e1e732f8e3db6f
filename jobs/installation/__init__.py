"""Jobs for network installations: units are reminded of what they owe."""
