"""One table in many formats."""
