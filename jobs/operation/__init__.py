"""What keeps an installation well: backup, restore, doctor, tidying."""
