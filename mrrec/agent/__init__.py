"""One turn: from a message to steps, items and an answer."""
