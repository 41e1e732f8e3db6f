"""Mail that comes in: fetched, read, understood, decided upon."""
