"""What the centre has written down for others to help themselves: articles, and the words by which kinds are told."""
