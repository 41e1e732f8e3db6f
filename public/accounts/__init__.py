"""Public pages for accounts: the request for a unit's address."""
