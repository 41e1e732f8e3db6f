"""Ways to what is outside the house: mail server, directory, files, pings; procedures decide what follows."""
