"""What jobs of several rooms are run with."""
