"""Reports once they are sent: how they are read, and what is decided about them."""
