"""The demonstration: people and tickets at every desk."""
