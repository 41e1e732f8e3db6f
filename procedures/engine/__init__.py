"""The engine: what a procedure is made of, and the only code that moves a ticket."""
