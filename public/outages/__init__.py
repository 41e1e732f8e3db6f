"""Public pages for outages: the board, and "me too"."""
