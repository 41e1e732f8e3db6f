"""Documents of outages: the picture of the network."""
