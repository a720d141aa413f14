"""Files of figures, read."""
