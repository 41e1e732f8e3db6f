"""What a period of the service was: the figures that heads read."""
