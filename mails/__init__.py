"""The mails that the house sends: what each says and to whom; jobs/worker sends them."""
