"""What every table stands on: database handle, settings, counters, time and wording."""
