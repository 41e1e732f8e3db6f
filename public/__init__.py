"""The public pages: front page, forms, look-up, status, procedures; no login is needed."""
