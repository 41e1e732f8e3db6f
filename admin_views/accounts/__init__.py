"""Pages of staff for accounts: the registers, the password desk, reviews, the import of people."""
