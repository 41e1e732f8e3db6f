"""How staff come in: password, second factor, passkeys, sessions, and being asked again before what is grave."""
