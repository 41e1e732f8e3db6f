"""Documents of letters: the disposition."""
