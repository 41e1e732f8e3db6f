"""Processes are killed under real traffic, mails and disks fail for real: what was acknowledged is there afterwards."""
