"""The installation as it stands on a server: units of systemd, the real nginx before the product, the installer."""
