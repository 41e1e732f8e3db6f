"""What runs without a click: the worker's jobs, the commands, the demonstration."""
