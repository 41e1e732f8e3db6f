"""Articles from their first draft to who was helped by them, and the category proposed from words."""
