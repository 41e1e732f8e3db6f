"""What the public pages are built on, and the front page."""
