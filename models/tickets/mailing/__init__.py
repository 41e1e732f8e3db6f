"""Rows about the mails of tickets: which senders are known, and the addresses at which replies are told apart."""
