"""How the installation itself stands."""
