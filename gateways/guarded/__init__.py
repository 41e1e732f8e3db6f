"""Programs of their own with limits of time and memory, in which what comes from outside is read and harms no other."""
