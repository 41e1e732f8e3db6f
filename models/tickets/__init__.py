"""Rows of tickets: the ticket, its history and files, letters, labels, drafts, outgoing mails."""
