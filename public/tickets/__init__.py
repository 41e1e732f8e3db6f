"""Public pages for tickets: the complaint form, look-up, status, procedures."""
