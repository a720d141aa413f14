"""Web hooks: what they are, what they are reminded of, and how their messages are delivered."""
