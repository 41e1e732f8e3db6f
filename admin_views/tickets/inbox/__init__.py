"""The operator's inbox of mails that wait, and the register of mailboxes."""
