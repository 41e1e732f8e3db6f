"""How an article comes to be, is published and reviewed, and what is proposed from the words of a complaint."""
