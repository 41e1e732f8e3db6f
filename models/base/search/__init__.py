"""How words are found however they are spelled: what counts as one word, in texts and in the columns of registers."""
