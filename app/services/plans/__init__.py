"""Plans as they are loaded, revised and listed."""
