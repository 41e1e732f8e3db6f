"""Public pages for network installations: the letter's form, the unit's answers."""
