"""SDMX: structures and data for statistical software."""
