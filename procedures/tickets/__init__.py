"""Complaints (C), and what every procedure's tickets have in common: labels, merging, notes, hand-over."""
