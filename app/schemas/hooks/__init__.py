"""Web hooks on the wire."""
