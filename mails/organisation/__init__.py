"""Mails to staff about their login and their exports."""
