"""What may be wrong with a figure."""
