"""The rules by which tickets move: the six written procedures, step by step."""
