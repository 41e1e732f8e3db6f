"""Documents of any ticket: the slip with its number and code, the receipt, the case file."""
