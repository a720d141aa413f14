"""A demonstration: simulated figures for a plan, in a database of their own."""
