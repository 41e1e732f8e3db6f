"""Jobs for what staff asked for: exports of lists."""
