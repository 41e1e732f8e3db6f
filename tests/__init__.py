"""The tests: a folder for each room, and one for what the whole house must hold."""
