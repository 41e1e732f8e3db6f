"""Network installations (N): the jobs without a click."""
