"""The only doors outside the house; nothing here decides anything."""
