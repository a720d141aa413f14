"""Plan files, read."""
